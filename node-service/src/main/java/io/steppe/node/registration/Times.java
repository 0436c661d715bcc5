package io.steppe.node.registration;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Instants as nodes store them. */
public final class Times {
  private Times() {}

  /** Nanoseconds since 1970. */
  public static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }

  /** The same, cut to whole seconds. */
  public static long wholeSeconds(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond());
  }
}
