package io.steppe.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Times as clients write them; here they are nanoseconds since 1970, and 0 is no time at all. */
final class Rfc3339 {
  /** What is written for no time. */
  static final String ZERO = "0001-01-01T00:00:00Z";

  private static final long NANOS = 1_000_000_000L;

  private Rfc3339() {}

  /** The time in UTC, with as many digits of a second as it needs. */
  static String format(long nanos) {
    if (nanos == 0) {
      return ZERO;
    }
    long second = Math.floorDiv(nanos, NANOS);
    int fraction = (int) Math.floorMod(nanos, NANOS);
    LocalDateTime time = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(30);
    text.append(time.getYear()).append('-');
    two(text, time.getMonthValue()).append('-');
    two(text, time.getDayOfMonth()).append('T');
    two(text, time.getHour()).append(':');
    two(text, time.getMinute()).append(':');
    two(text, time.getSecond());
    appendFraction(text, fraction);
    return text.append('Z').toString();
  }

  /**
   * Nanoseconds of a time in any zone.
   *
   * @throws DateTimeException if the text is no time
   * @throws ArithmeticException if the time is out of range (years 1678 to 2261)
   */
  static long parse(String text) {
    if (text.equals(ZERO)) {
      return 0;
    }
    Instant time = OffsetDateTime.parse(text).toInstant();
    long second = time.getEpochSecond();
    // Before 1970 towards zero, or the earliest times would leave the range on the way.
    return second < 0
        ? Math.addExact(Math.multiplyExact(second + 1, NANOS), time.getNano() - NANOS)
        : Math.addExact(Math.multiplyExact(second, NANOS), time.getNano());
  }

  private static StringBuilder two(StringBuilder text, int number) {
    return (number < 10 ? text.append('0') : text).append(number);
  }

  private static void appendFraction(StringBuilder text, int fraction) {
    if (fraction == 0) {
      return;
    }
    String digits = Integer.toString(fraction);
    text.append('.').repeat('0', 9 - digits.length()).append(digits);
    while (text.charAt(text.length() - 1) == '0') {
      text.setLength(text.length() - 1);
    }
  }
}
