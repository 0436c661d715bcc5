package io.steppe.event.service;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of event-service. */
@ConfigMapping(prefix = "steppe")
public interface EventSettings {
  Database database();

  Replica replica();

  Events events();

  /** Where the log lives. */
  interface Database {
    /**
     * postgresql://[user[:password]@]host:port/database; a direct connection, no pooler between.
     */
    @WithDefault("postgresql://127.0.0.1:5432/steppe")
    String url();

    /** The role, where the url names none: steppe_event unless set. */
    Optional<String> user();

    Optional<String> password();

    /** Whether a database that may lose acknowledged writes is refused; off in tests only. */
    @WithDefault("true")
    boolean durabilityChecked();
  }

  /** This process among the replicas. */
  interface Replica {
    /** Unique; kept over restarts where whoever starts the process gives one. Random otherwise. */
    Optional<String> id();

    /** host:port of the gRPC listener as others dial it. */
    @WithDefault("127.0.0.1:4650")
    String address();
  }

  /** The log and its streams. */
  interface Events {
    Retention retention();

    Stream stream();
  }

  /** What the log keeps. Something goes only when neither of the two asks to keep it. */
  interface Retention {
    /** Events that are kept at least. */
    @WithDefault("100000")
    long events();

    /** Age up to which changes are kept at least. */
    @WithDefault("1h")
    Duration age();

    /** How long a request id is known: a retry within this gets its first answer. */
    @WithDefault("24h")
    Duration requests();

    /** Between looks at the partitions. */
    @WithDefault("60s")
    Duration interval();
  }

  /** Streams of events and changes. */
  interface Stream {
    /** Encoded events that are kept for streams that are near the end. */
    @WithDefault("16M")
    MemorySize buffer();

    /** Keys of changes that are kept for feeds that come back. */
    @WithDefault("100000")
    int changes();

    /** How long a stream may take nothing while something waits for it. */
    @WithDefault("60s")
    Duration stall();

    /** Streams and feeds at a time. */
    @WithDefault("10000")
    int subscribers();
  }
}
