package io.steppe.event.sink;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait after attempts that failed: doubled each time up to a limit, with jitter. */
record Backoff(Duration first, Duration longest, RandomGenerator random) {
  private static final int MOST_DOUBLINGS = 30;

  /** The pause after so many failures in a row: between a half and the whole of the step. */
  Duration after(int failures) {
    double step =
        first.toMillis() * (double) (1L << Math.min(MOST_DOUBLINGS, Math.max(0, failures - 1)));
    double bounded = Math.min(step, longest.toMillis());
    return Duration.ofMillis((long) (bounded * (0.5 + random.nextDouble() / 2)));
  }
}
