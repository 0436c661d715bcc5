package io.steppe.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as clients of this API write them, {@code 1h0m0s}; here they are nanoseconds. */
public final class GoDuration {
  private static final String UNITS = "(ns|us|µs|μs|ms|s|m|h)";
  private static final Pattern ALL =
      Pattern.compile("[+-]?(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)" + UNITS + ")+");
  private static final Pattern PART = Pattern.compile("([0-9]*\\.?[0-9]*)" + UNITS);
  private static final BigInteger SECOND = BigInteger.valueOf(1_000_000_000);
  private static final BigInteger MINUTE = BigInteger.valueOf(60);

  /** Below it a duration is written in a smaller unit than seconds. */
  private static final long MICRO = 1_000;

  private static final long MILLI = 1_000_000;

  private GoDuration() {}

  /** The duration; {@code 0s} for none. */
  public static String format(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    BigInteger all = BigInteger.valueOf(nanos).abs();
    String sign = nanos < 0 ? "-" : "";
    if (all.compareTo(SECOND) < 0) {
      long small = all.longValueExact();
      return sign
          + (small < MICRO
              ? small + "ns"
              : small < MILLI ? decimal(all, 3) + "µs" : decimal(all, 6) + "ms");
    }
    BigInteger[] minutes = all.divideAndRemainder(SECOND.multiply(MINUTE));
    String seconds = decimal(minutes[1], 9) + "s";
    if (minutes[0].signum() == 0) {
      return sign + seconds;
    }
    BigInteger[] hours = minutes[0].divideAndRemainder(MINUTE);
    return sign + (hours[0].signum() == 0 ? "" : hours[0] + "h") + hours[1] + "m" + seconds;
  }

  /**
   * The nanoseconds of a duration such as {@code 1m30s}; a unit is needed but for {@code 0}; empty
   * for anything else, and for what is out of range.
   */
  public static Optional<Long> parse(String text) {
    if (text.equals("0") || text.equals("+0") || text.equals("-0")) {
      return Optional.of(0L);
    }
    if (!ALL.matcher(text).matches()) {
      return Optional.empty();
    }
    BigInteger nanos = BigInteger.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      nanos =
          nanos.add(new BigDecimal(part.group(1)).multiply(nanosOf(part.group(2))).toBigInteger());
    }
    BigInteger signed = text.startsWith("-") ? nanos.negate() : nanos;
    return signed.bitLength() < Long.SIZE ? Optional.of(signed.longValue()) : Optional.empty();
  }

  private static String decimal(BigInteger value, int digits) {
    return new BigDecimal(value, digits).stripTrailingZeros().toPlainString();
  }

  private static BigDecimal nanosOf(String unit) {
    return BigDecimal.valueOf(
        switch (unit) {
          case "ns" -> 1L;
          case "ms" -> MILLI;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          default -> MICRO;
        });
  }
}
