package io.steppe.agent.task;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Durations as Go writes them ({@code 1m30s}, {@code 1.5s}, {@code 10ms}), for texts and settings
 * clients know.
 */
public final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns",
          1L,
          "us",
          1_000L,
          "µs",
          1_000L,
          "μs",
          1_000L,
          "ms",
          1_000_000L,
          "s",
          1_000_000_000L,
          "m",
          60_000_000_000L,
          "h",
          3_600_000_000_000L);
  private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

  private GoDuration() {}

  /** The text Go prints for a duration. */
  public static String format(Duration duration) {
    long nanos = duration.toNanos();
    if (nanos == 0) {
      return "0s";
    }
    String sign = nanos < 0 ? "-" : "";
    long rest = Math.abs(nanos);
    if (rest < 1_000) {
      return sign + rest + "ns";
    }
    if (rest < 1_000_000) {
      return sign + decimal(rest, 3) + "µs";
    }
    if (rest < 1_000_000_000) {
      return sign + decimal(rest, 6) + "ms";
    }
    long hours = rest / NANOS.get("h");
    long minutes = rest / NANOS.get("m") % 60;
    String seconds = decimal(rest % NANOS.get("m"), 9) + "s";
    if (hours > 0) {
      return sign + hours + "h" + minutes + "m" + seconds;
    }
    return minutes > 0 ? sign + minutes + "m" + seconds : sign + seconds;
  }

  /** Reads what Go's parser reads; a bare number other than 0 has no unit and is refused. */
  public static Optional<Duration> parse(String text) {
    String digits = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    if (digits.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    var parts = PART.matcher(digits);
    BigDecimal total = BigDecimal.ZERO;
    int end = 0;
    while (end < digits.length() && parts.find(end) && parts.start() == end) {
      total =
          total.add(
              new BigDecimal(parts.group(1))
                  .multiply(BigDecimal.valueOf(NANOS.get(parts.group(2)))));
      end = parts.end();
    }
    if (digits.isEmpty() || end < digits.length() || total.compareTo(LONGEST) > 0) {
      return Optional.empty();
    }
    Duration duration = Duration.ofNanos(total.longValue());
    return Optional.of(text.startsWith("-") ? duration.negated() : duration);
  }

  private static String decimal(long value, int scale) {
    BigDecimal number = BigDecimal.valueOf(value, scale);
    return number.setScale(scale, RoundingMode.UNNECESSARY).stripTrailingZeros().toPlainString();
  }
}
