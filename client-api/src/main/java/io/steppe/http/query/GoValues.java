package io.steppe.http.query;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values as clients of this API write them: booleans, integers and durations. */
public final class GoValues {
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,19}");
  private static final Pattern DURATION =
      Pattern.compile("[+-]?(?:[0-9]*\\.?[0-9]*(?:ns|us|µs|μs|ms|s|m|h))+");
  private static final Pattern PART = Pattern.compile("([0-9]*\\.?[0-9]*)(ns|us|µs|μs|ms|s|m|h)");

  private GoValues() {}

  /** A boolean: {@code 1 t T true TRUE True} and their opposites; empty for anything else. */
  public static Optional<Boolean> bool(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> Optional.of(true);
      case "0", "f", "F", "false", "FALSE", "False" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** A signed integer of 64 bits; empty for anything else. */
  public static OptionalLong integer(String text) {
    if (!INTEGER.matcher(text).matches()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException tooLarge) {
      return OptionalLong.empty();
    }
  }

  /**
   * A duration such as {@code 1m30s}; a unit is needed but for {@code 0}; empty for anything else.
   */
  public static Optional<Duration> duration(String text) {
    if (text.equals("0") || text.equals("+0") || text.equals("-0")) {
      return Optional.of(Duration.ZERO);
    }
    if (!DURATION.matcher(text).matches()) {
      return Optional.empty();
    }
    double nanos = 0;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      if (part.group(1).isEmpty() || part.group(1).equals(".")) {
        return Optional.empty();
      }
      nanos += Double.parseDouble(part.group(1)) * nanosOf(part.group(2));
    }
    if (nanos > Long.MAX_VALUE) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(text.startsWith("-") ? -(long) nanos : (long) nanos));
  }

  private static double nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      case "h" -> 3600e9;
      default -> 1e3;
    };
  }
}
