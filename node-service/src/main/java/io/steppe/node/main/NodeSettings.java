package io.steppe.node.main;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.steppe.node.introduction.IntroductionMode;
import java.time.Duration;
import java.util.Optional;

/** What an operator can set. */
@ConfigMapping(prefix = "steppe")
public interface NodeSettings {
  /** The cluster's region. */
  @WithDefault("global")
  String region();

  Replica replica();

  Database database();

  /** Where alloc-service listens: host:port, more after commas. */
  @WithDefault("127.0.0.1:4652")
  String allocService();

  Node node();

  Heartbeat heartbeat();

  Relay relay();

  Evaluations evaluations();

  Gc gc();

  /** This process among the replicas. */
  interface Replica {
    /** Unique; kept over restarts where whoever starts the process gives one. Random otherwise. */
    Optional<String> id();

    /** host:port of the gRPC listener as other replicas and agents dial it. */
    @WithDefault("127.0.0.1:4651")
    String address();
  }

  /** The region's PostgreSQL. */
  interface Database {
    /**
     * postgresql://[user[:password]@]host:port/database; a direct connection, no pooler between.
     */
    @WithDefault("postgresql://127.0.0.1:5432/steppe")
    String url();

    /** The role; else the one that the url names, else steppe_node. */
    Optional<String> user();

    /** Of the role; else the one in the url. */
    Optional<String> password();

    /** Off in tests only: whether PostgreSQL must have fsync and synchronous_commit on. */
    @WithDefault("true")
    boolean durabilityChecked();
  }

  /** How nodes come in. */
  interface Node {
    /**
     * Whether a node that is not known has to show a token that was made for it: none, warn (the
     * log says who has none) or strict (it is refused).
     */
    @WithDefault("none")
    IntroductionMode introduction();
  }

  /** How long agents may be silent. */
  interface Heartbeat {
    /** The shortest time between two heartbeats of an agent. */
    @WithDefault("10s")
    Duration minTtl();

    /** Heartbeats a second that a replica asks for altogether. */
    @WithDefault("50")
    double maxPerSecond();

    /** How much later than asked a heartbeat may come. */
    @WithDefault("10s")
    Duration grace();

    /** The shortest time that an agent has to come back when its replica is lost, before grace. */
    @WithDefault("30s")
    Duration failover();

    /** Between two looks at who is late; at least a second outside tests. */
    @WithDefault("1s")
    Duration tick();
  }

  /** Calls passed on to agents. */
  interface Relay {
    /** How long an agent may take to begin an answer. */
    @WithDefault("10s")
    Duration answerWithin();
  }

  /** What is over is forgotten after a while. */
  interface Gc {
    /** Between looks for what can go. */
    @WithDefault("5m")
    Duration interval();

    /** How long a node has to be down. */
    @WithDefault("24h")
    Duration nodeAge();
  }

  /** Evaluations that follow from changes of nodes. */
  interface Evaluations {
    /** How long the answer to a change waits for alloc-service to name them. */
    @WithDefault("3s")
    Duration answerWithin();
  }
}
