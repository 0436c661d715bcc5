package io.steppe.http.query;

import io.steppe.json.GoDuration;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Values as clients of this API write them: booleans, integers and durations. */
public final class GoValues {
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,19}");

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
    return GoDuration.parse(text).map(Duration::ofNanos);
  }
}
