package io.steppe.cluster;

import java.time.Duration;

/**
 * How long to wait before starting a process that died: not at all the first time, longer while it
 * keeps dying soon after its start.
 *
 * @param quickDeaths ends in a row that came soon after a start
 */
public record Backoff(int quickDeaths) {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration MOST = Duration.ofSeconds(4);

  public static final Backoff NONE = new Backoff(0);

  /** The next state, after an end that came that long after the start. */
  public Backoff after(Duration uptime) {
    return uptime.compareTo(SOON) < 0 ? new Backoff(quickDeaths + 1) : NONE;
  }

  /** What to wait before the next start. */
  public Duration pause() {
    if (quickDeaths <= 1) {
      return Duration.ZERO;
    }
    Duration doubled = FIRST.multipliedBy(1L << Math.min(quickDeaths - 2, 10));
    return doubled.compareTo(MOST) > 0 ? MOST : doubled;
  }
}
