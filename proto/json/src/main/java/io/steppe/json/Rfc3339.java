package io.steppe.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Times as clients write them; here they are nanoseconds since 1970, and 0 is no time at all. */
final class Rfc3339 {
  /** What is written for no time. */
  static final String ZERO = "0001-01-01T00:00:00Z";

  private static final String PLAIN = "0000-00-00T00:00:00";
  private static final long NANOS = 1_000_000_000L;
  private static final long SECONDS_OF_DAY = 86_400;

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
    return isPlain(text) ? parsePlain(text) : parseAny(text);
  }

  /**
   * Whether the text has the form that is written here, which nearly every time that is read has.
   */
  private static boolean isPlain(String text) {
    int last = text.length() - 1;
    if (last < PLAIN.length() || last > PLAIN.length() + 10 || text.charAt(last) != 'Z') {
      return false;
    }
    for (int i = 0; i < last; i++) {
      char wanted = i < PLAIN.length() ? PLAIN.charAt(i) : i == PLAIN.length() ? '.' : '0';
      boolean digit = Character.digit(text.charAt(i), 10) >= 0 && text.charAt(i) < 0x80;
      if (wanted == '0' ? !digit : text.charAt(i) != wanted) {
        return false;
      }
    }
    return last != PLAIN.length() + 1;
  }

  private static long parsePlain(String text) {
    long day =
        LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay();
    LocalTime time = LocalTime.of(number(text, 11, 13), number(text, 14, 16), number(text, 17, 19));
    int digits = Math.max(0, text.length() - 1 - PLAIN.length() - 1);
    long fraction = digits == 0 ? 0 : number(text, text.length() - 1 - digits, text.length() - 1);
    for (int i = digits; i < 9; i++) {
      fraction *= 10;
    }
    return nanos(day * SECONDS_OF_DAY + time.toSecondOfDay(), fraction);
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }

  private static long parseAny(String text) {
    Instant time = OffsetDateTime.parse(text).toInstant();
    return nanos(time.getEpochSecond(), time.getNano());
  }

  private static long nanos(long second, long fraction) {
    // Before 1970 towards zero, or the earliest times would leave the range on the way.
    return second < 0
        ? Math.addExact(Math.multiplyExact(second + 1, NANOS), fraction - NANOS)
        : Math.addExact(Math.multiplyExact(second, NANOS), fraction);
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
