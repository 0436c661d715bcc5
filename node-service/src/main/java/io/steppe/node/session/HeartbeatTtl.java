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
 */
public record HeartbeatTtl(Duration shortest, double maxPerSecond, Duration grace) {

  /**
   * The time in which an agent's next heartbeat is asked for, of a replica with that many sessions.
   */
  public Duration next(int sessions, RandomGenerator random) {
    long byRate = (long) (sessions / maxPerSecond * Duration.ofSeconds(1).toNanos());
    long base = Math.max(shortest.toNanos(), byRate);
    return Duration.ofNanos(base + (long) (base * random.nextDouble()));
  }
}
