package io.steppe.tls;

/** What a certificate makes its holder inside a cluster. */
public enum Role {
  /** A service or the gateway: may call every service. */
  SERVER,
  /** An agent: may hold a session with node-service, and nothing else. */
  CLIENT
}
