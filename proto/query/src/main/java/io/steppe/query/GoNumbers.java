package io.steppe.query;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Literals as values of the types they are compared with; errors are in Go's words. */
final class GoNumbers {
  private static final Pattern INTEGER =
      Pattern.compile(
          "([+-]?)(?:0[xX]((?:_?[0-9a-fA-F]+)+)|0[bB]((?:_?[01]+)+)|0[oO]?((?:_?[0-7]+)+)"
              + "|((?:0|[1-9][0-9]*(?:_[0-9]+)*)))");
  private static final int[] RADIX = {0, 0, 16, 2, 8, 10};
  private static final Pattern FLOATING =
      Pattern.compile("[+-]?(?:[0-9]+(?:_[0-9]+)*\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MAX_UNSIGNED = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
  private static final int MAX_DIGITS = 100;

  private GoNumbers() {}

  /**
   * A literal's value of a type, or why it has none.
   *
   * @param error empty text where there is a value
   */
  record Parsed<T>(Optional<T> value, String error) {
    private static <T> Parsed<T> of(T value) {
      return new Parsed<>(Optional.of(value), "");
    }

    private static <T> Parsed<T> failed(String function, String text, String why) {
      return new Parsed<>(
          Optional.empty(),
          "strconv.%s: parsing %s: %s".formatted(function, GoText.shown(text), why));
    }
  }

  static Parsed<Long> signed(String text) {
    return integer("ParseInt", text, MIN, MAX);
  }

  /** The bits of an unsigned number. */
  static Parsed<Long> unsigned(String text) {
    return text.startsWith("-") || text.startsWith("+")
        ? Parsed.failed("ParseUint", text, "invalid syntax")
        : integer("ParseUint", text, BigInteger.ZERO, MAX_UNSIGNED);
  }

  static Parsed<Double> real(String text) {
    String bare = text.replaceFirst("^[+-]", "");
    boolean negative = text.startsWith("-");
    if (bare.equalsIgnoreCase("inf") || bare.equalsIgnoreCase("infinity")) {
      return Parsed.of(negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    if (text.equalsIgnoreCase("nan")) {
      return Parsed.of(Double.NaN);
    }
    if (!FLOATING.matcher(text).matches()) {
      return Parsed.failed("ParseFloat", text, "invalid syntax");
    }
    double value = Double.parseDouble(text.replace("_", ""));
    return Double.isInfinite(value)
        ? Parsed.failed("ParseFloat", text, "value out of range")
        : Parsed.of(value);
  }

  static Parsed<Boolean> bool(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> Parsed.of(true);
      case "0", "f", "F", "false", "FALSE", "False" -> Parsed.of(false);
      default -> Parsed.failed("ParseBool", text, "invalid syntax");
    };
  }

  private static Parsed<Long> integer(
      String function, String text, BigInteger least, BigInteger most) {
    Matcher matcher = INTEGER.matcher(text);
    if (!matcher.matches()) {
      return Parsed.failed(function, text, "invalid syntax");
    }
    int group = 2;
    while (matcher.group(group) == null) {
      group++;
    }
    String digits = matcher.group(group).replace("_", "");
    if (digits.length() > MAX_DIGITS) {
      return Parsed.failed(function, text, "value out of range");
    }
    BigInteger size = new BigInteger(digits, RADIX[group]);
    BigInteger value = matcher.group(1).equals("-") ? size.negate() : size;
    return value.compareTo(least) < 0 || value.compareTo(most) > 0
        ? Parsed.failed(function, text, "value out of range")
        : Parsed.of(value.longValue());
  }
}
