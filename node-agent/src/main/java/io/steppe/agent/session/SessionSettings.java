package io.steppe.agent.session;

import io.steppe.tls.Tls;
import java.time.Duration;
import java.util.List;

/**
 * @param servers host:port of node-service replicas, or dns:///name:port
 * @param tls how the connection is protected
 * @param connectTimeout how long a registration may take
 * @param shortest shortest wait before connecting again
 * @param longest longest wait
 * @param refused wait after the node was refused
 */
public record SessionSettings(
    List<String> servers,
    Tls tls,
    Duration connectTimeout,
    Duration shortest,
    Duration longest,
    Duration refused) {
  /** Settings for servers, with the usual times. */
  public static SessionSettings of(List<String> servers, Tls tls) {
    return new SessionSettings(
        servers,
        tls,
        Duration.ofSeconds(5),
        Duration.ofMillis(200),
        Duration.ofSeconds(3),
        Duration.ofSeconds(30));
  }
}
