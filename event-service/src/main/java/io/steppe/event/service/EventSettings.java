package io.steppe.event.service;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of event-service. */
@ConfigMapping(prefix = "steppe")
public interface EventSettings {
  /** Region whose log this is. */
  @WithDefault("global")
  String region();

  Database database();

  Replica replica();

  Seal seal();

  Events events();

  /** Where the log lives. */
  interface Database {
    /**
     * postgresql://[user[:password]@]host:port/database; a direct connection, no pooler between.
     */
    @WithDefault("postgresql://127.0.0.1:5432/steppe")
    String url();

    /** The role; else the one that the url names, else steppe_event. */
    Optional<String> user();

    /** Of the role; else the one in the url. */
    Optional<String> password();

    /** Whether a database that may lose acknowledged writes is refused; off in tests only. */
    @WithDefault("true")
    boolean durabilityChecked();
  }

  /** What secrets are sealed with before they are stored. */
  interface Seal {
    /**
     * Keys, each {@code id:key}, 32 bytes in base64: the first seals, all open. Sinks can't be
     * registered without one.
     */
    Optional<List<String>> keys();
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

    Sinks sinks();
  }

  /** Endpoints that events are delivered to. */
  interface Sinks {
    /** Sinks there may be. */
    @WithDefault("100")
    int most();

    /** Hosts that sinks may have, "*.name" for all below a name; any unless set. */
    Optional<List<String>> hosts();

    /** How long an attempt may take. */
    @WithDefault("30s")
    Duration deadline();

    /** Pause after a first failure; it doubles with each further one. */
    @WithDefault("1s")
    Duration firstPause();

    /** The longest pause. */
    @WithDefault("5m")
    Duration longestPause();

    /** Indexes in one delivery. */
    @WithDefault("500")
    int batchLines();

    /** Bytes of one delivery, but for a single index that has more. */
    @WithDefault("512K")
    MemorySize batchBytes();

    /** Between looks at who has sinks to deliver. */
    @WithDefault("1s")
    Duration interval();
  }

  /**
   * What the log keeps. Something goes only when neither count nor age asks to keep it, or when
   * there is no room for it.
   */
  interface Retention {
    /** Events that are kept at least. */
    @WithDefault("100000")
    long events();

    /** Age up to which changes are kept at least. */
    @WithDefault("1h")
    Duration age();

    /**
     * Bytes of disk above which the oldest goes, whatever else asks to keep it; no bound unless
     * set.
     */
    Optional<MemorySize> size();

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
