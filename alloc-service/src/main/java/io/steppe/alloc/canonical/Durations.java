package io.steppe.alloc.canonical;

import java.math.BigDecimal;

/** Durations as Go writes them: 1h30m0s, 5s, 1.5s, 250ms. */
final class Durations {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  private Durations() {}

  static String text(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < 0) {
      return nanos == Long.MIN_VALUE ? "-2562047h47m16.854775808s" : "-" + text(-nanos);
    }
    if (nanos < MICRO) {
      return nanos + "ns";
    }
    if (nanos < MILLI) {
      return part(nanos, MICRO) + "µs";
    }
    if (nanos < SECOND) {
      return part(nanos, MILLI) + "ms";
    }
    long minutes = nanos / (60 * SECOND);
    String seconds = part(nanos % (60 * SECOND), SECOND) + "s";
    if (minutes == 0) {
      return seconds;
    }
    return minutes < 60
        ? minutes + "m" + seconds
        : minutes / 60 + "h" + minutes % 60 + "m" + seconds;
  }

  private static String part(long nanos, long unit) {
    return BigDecimal.valueOf(nanos)
        .divide(BigDecimal.valueOf(unit))
        .stripTrailingZeros()
        .toPlainString();
  }
}
