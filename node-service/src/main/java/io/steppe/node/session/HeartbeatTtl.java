package io.steppe.node.session;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long an agent may be silent: long enough that all agents of a replica together stay under a
 * rate, and spread so that they don't come at once.
 *
 * @param shortest the shortest time between heartbeats that is asked for
 * @param maxPerSecond heartbeats a second that a replica takes
 * @param grace how much later than asked a heartbeat may come
 * @param failover the shortest time that an agent has to dial another replica when its own is lost
 */
public record HeartbeatTtl(
    Duration shortest, double maxPerSecond, Duration grace, Duration failover) {

  /**
   * The time in which an agent's next heartbeat is asked for, of a replica with that many sessions.
   */
  public Duration next(int sessions, RandomGenerator random) {
    long byRate = (long) (sessions / maxPerSecond * Duration.ofSeconds(1).toNanos());
    long base = Math.max(shortest.toNanos(), byRate);
    return Duration.ofNanos(base + (long) (base * random.nextDouble()));
  }

  /**
   * The time in which an agent whose replica was lost is to come back, to one that has that many
   * sessions with those it takes over: all of them dial at once.
   */
  public Duration afterFailover(int sessions, RandomGenerator random) {
    Duration next = next(sessions, random);
    return next.compareTo(failover) > 0 ? next : failover;
  }
}
