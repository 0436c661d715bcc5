package io.steppe.agent.task;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A driver's settings of a task, read with the tolerance job authors are used to: numbers may be
 * texts and texts numbers.
 */
public record DriverConfig(Map<String, Object> values) {
  /** Settings of a task with every reference in them replaced. */
  public static DriverConfig of(byte[] json, Interpolation interpolation) throws IOException {
    DriverConfig raw = new DriverConfig(Json.object(json));
    Map<String, Object> replaced = new LinkedHashMap<>();
    raw.values.forEach((key, value) -> replaced.put(key, interpolation.applyTo(value)));
    return new DriverConfig(replaced);
  }

  /** A text; empty when it is not set. */
  public String text(String key) {
    return scalar(values.get(key)).orElse("");
  }

  /** A list of texts; a single one stands for a list of one. */
  public List<String> texts(String key) {
    return switch (values.get(key)) {
      case null -> List.of();
      case List<?> list -> list.stream().filter(Objects::nonNull).map(String::valueOf).toList();
      case Object single -> List.of(String.valueOf(single));
    };
  }

  /** Texts by name, from an object or from blocks, which come as a list of objects. */
  public Map<String, String> map(String key) {
    Map<String, String> map = new LinkedHashMap<>();
    for (Map<?, ?> block : blocks(values.get(key))) {
      block.forEach(
          (name, value) -> scalar(value).ifPresent(text -> map.put(String.valueOf(name), text)));
    }
    return map;
  }

  /** The same of what is inside blocks. */
  public Map<String, String> innerMap(String key, String inner) {
    Map<String, Object> inside = new LinkedHashMap<>();
    blocks(values.get(key)).forEach(block -> inside.put(inner, block.get(inner)));
    return new DriverConfig(inside).map(inner);
  }

  private static List<Map<?, ?>> blocks(Object value) {
    return switch (value) {
      case Map<?, ?> map -> List.of(map);
      case List<?> list -> {
        List<Map<?, ?>> blocks = new ArrayList<>();
        for (Object one : list) {
          if (one instanceof Map<?, ?> map) {
            blocks.add(map);
          }
        }
        yield blocks;
      }
      case null, default -> List.of();
    };
  }

  /** A whole number, or the default when it is not set or none. */
  public int number(String key, int otherwise) {
    try {
      return scalar(values.get(key)).map(text -> new BigDecimal(text).intValue()).orElse(otherwise);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  public boolean flag(String key) {
    return scalar(values.get(key))
        .map(text -> text.equals("true") || text.equals("1"))
        .orElse(false);
  }

  /**
   * A duration: {@code "1.5s"}, or nanoseconds as a number. Zero when it is not set.
   *
   * @throws StartFailure for what is no duration
   */
  public Duration duration(String key) throws StartFailure {
    Object value = values.get(key);
    if (value == null || value.equals("")) {
      return Duration.ZERO;
    }
    if (value instanceof Number number) {
      return Duration.ofNanos(number.longValue());
    }
    return GoDuration.parse(String.valueOf(value))
        .orElseThrow(() -> new StartFailure(key + " \"" + value + "\" is no duration", false));
  }

  private static Optional<String> scalar(Object value) {
    return value == null || value instanceof List<?> || value instanceof Map<?, ?>
        ? Optional.empty()
        : Optional.of(String.valueOf(value));
  }
}
