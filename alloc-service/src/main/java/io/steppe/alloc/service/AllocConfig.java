package io.steppe.alloc.service;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of alloc-service. */
@ConfigMapping(prefix = "steppe")
public interface AllocConfig {
  /** The region this cluster is. */
  @WithDefault("global")
  String region();

  Database database();

  Replica replica();

  Seal seal();

  Identity identity();

  Alloc alloc();

  /** Where the state lives. */
  interface Database {
    /** postgresql://[user[:password]@]host:port/database, a direct connection. */
    String url();

    /** The role; else the one that the url names, else steppe_alloc. */
    Optional<String> user();

    /** Of the role; else the one in the url. */
    Optional<String> password();

    /** Whether a database that may lose acknowledged writes is refused; off in tests only. */
    @WithDefault("true")
    boolean durabilityChecked();
  }

  /** Who this process is among the replicas. */
  interface Replica {
    /** Unique; random unless set. */
    Optional<String> id();

    /**
     * host:port of the gRPC listener as others dial it; this host's name and the listener's port
     * unless set.
     */
    Optional<String> address();
  }

  /** What secrets are sealed with before they are stored. */
  interface Seal {
    /**
     * Keys, each {@code id:key}, 32 bytes in base64: the first seals, all open. Without one tasks
     * get no identities.
     */
    Optional<List<String>> keys();
  }

  /** Identities of tasks. */
  interface Identity {
    /**
     * The URL that identities name as their issuer, under which others reach the gateway's {@code
     * /.well-known/}; none unless set.
     */
    Optional<String> issuer();

    /** Age at which the key that signs is followed by another; 0 for never. */
    @WithDefault("720h")
    Duration keyRotation();

    /** How long a key is known at least after another has followed it. */
    @WithDefault("1h")
    Duration keyKept();
  }

  /** How evaluations are worked on, and how long what is over is kept. */
  interface Alloc {
    /** Evaluations decided at a time. */
    @WithDefault("8")
    int workers();

    /** Plans made for an evaluation of a service or system job before it is given up. */
    @WithDefault("5")
    int serviceAttempts();

    /** Plans made for an evaluation of a batch job before it is given up. */
    @WithDefault("5")
    int batchAttempts();

    /** Until an evaluation given up for conflicts is followed by another. */
    @WithDefault("5s")
    Duration attemptsDelay();

    /** Until an evaluation the scheduler failed on is followed by another. */
    @WithDefault("60s")
    Duration errorDelay();

    Gc gc();
  }

  /** What is over is deleted after a while. */
  interface Gc {
    /** Between looks for what can go. */
    @WithDefault("5m")
    Duration interval();

    /** Age of ended evaluations, and of the allocations they made. */
    @WithDefault("1h")
    Duration evaluationAge();

    /** The same for batch jobs. */
    @WithDefault("24h")
    Duration batchEvaluationAge();

    /** Age of dead jobs. */
    @WithDefault("4h")
    Duration jobAge();
  }
}
