package io.steppe.gateway;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of the gateway. */
@ConfigMapping(prefix = "steppe")
public interface GatewaySettings {
  /** Region this gateway serves; requests for another are refused. */
  @WithDefault("global")
  String region();

  /** Datacenter this gateway runs in. */
  @WithDefault("dc1")
  String datacenter();

  /** This replica among the others. */
  Replica replica();

  /** Replicas of event-service: {@code host:port[,host:port...]}. */
  @WithDefault("127.0.0.1:4650")
  String eventService();

  /** Replicas of node-service: {@code host:port[,host:port...]}. */
  @WithDefault("127.0.0.1:4651")
  String nodeService();

  /** Replicas of alloc-service: {@code host:port[,host:port...]}. */
  @WithDefault("127.0.0.1:4652")
  String allocService();

  /**
   * Whether profiles of processes may be taken by everybody. Unset or off, they may be taken where
   * rights are asked for.
   */
  Optional<Boolean> enableDebug();

  /** Identities of tasks. */
  Identity identity();

  /** What only the gateway has. */
  Gateway gateway();

  /** Identities of tasks. */
  interface Identity {
    /**
     * The URL that identities name as their issuer, under which others reach this gateway's {@code
     * /.well-known/}; none unless set. alloc-service has the same setting.
     */
    Optional<String> issuer();
  }

  /** This replica among the others. */
  interface Replica {
    /** Name of this replica; a random one where none is given. */
    Optional<String> id();

    /**
     * {@code host:port} where clients reach this replica; loopback and the HTTP port where none is
     * given.
     */
    Optional<String> address();
  }

  /** What only the gateway has. */
  interface Gateway {
    /** Bytes of encoded answers kept. */
    @WithDefault("64M")
    MemorySize cacheSize();

    /** Largest body of a request. */
    @WithDefault("10M")
    MemorySize bodyLimit();

    /** All bodies that are read or worked on at once. */
    @WithDefault("128M")
    MemorySize bodiesLimit();

    /** How long a request waits for services that do not answer. */
    @WithDefault("15S")
    Duration patience();

    /** How long one attempt of a call may take before another replica is tried. */
    @WithDefault("6S")
    Duration attempt();

    /** Requests that may wait in blocking queries at once. */
    @WithDefault("50000")
    int maxWaiting();

    /** Time between heartbeats of an event stream. */
    @WithDefault("10S")
    Duration eventHeartbeat();

    /**
     * Bytes of the newest events that are kept for clients who fell behind a little; streams of
     * which each is read by some share them equally.
     */
    @WithDefault("32M")
    MemorySize eventTail();

    /** How long a client of an event stream may take nothing before it is cut. */
    @WithDefault("60S")
    Duration eventStall();

    /** Time between heartbeats of a stream of files or logs. */
    @WithDefault("1S")
    Duration frameHeartbeat();

    /** Bytes a stream may have on their way to a reader. */
    @WithDefault("256K")
    MemorySize streamCredit();

    /** Time between two renewals of this replica's membership. */
    @WithDefault("3S")
    Duration renewal();
  }
}
