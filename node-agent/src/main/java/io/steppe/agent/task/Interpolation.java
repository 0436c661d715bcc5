package io.steppe.agent.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Replaces {@code ${...}} by what it names; a name that nothing has stays as it is written. */
public final class Interpolation {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^${}]*)}");

  private final Function<String, Optional<String>> lookup;

  public Interpolation(Function<String, Optional<String>> lookup) {
    this.lookup = lookup;
  }

  /** The text with its references replaced, once: what a value holds is not looked at again. */
  public String apply(String text) {
    return text.contains("${") ? REFERENCE.matcher(text).replaceAll(this::replacement) : text;
  }

  /** The same for every text inside a JSON value made of maps, lists and scalars. */
  public Object applyTo(Object json) {
    return switch (json) {
      case String text -> apply(text);
      case List<?> list -> list.stream().map(this::applyTo).collect(Collectors.toList());
      case Map<?, ?> map -> {
        Map<Object, Object> result = new LinkedHashMap<>();
        map.forEach((key, value) -> result.put(key, applyTo(value)));
        yield result;
      }
      case null, default -> json;
    };
  }

  private String replacement(MatchResult match) {
    return Matcher.quoteReplacement(lookup.apply(normal(match.group(1))).orElse(match.group()));
  }

  /**
   * {@code env["NAME"]}, {@code meta[NAME]} and the like mean {@code env.NAME}, {@code meta.NAME}.
   */
  private static String normal(String name) {
    String trimmed = name.strip();
    int open = trimmed.indexOf('[');
    if (open <= 0 || !trimmed.endsWith("]")) {
      return trimmed;
    }
    String key = trimmed.substring(open + 1, trimmed.length() - 1).strip();
    boolean quoted =
        key.length() >= 2
            && (key.startsWith("\"") && key.endsWith("\"")
                || key.startsWith("'") && key.endsWith("'"));
    return trimmed.substring(0, open) + "." + (quoted ? key.substring(1, key.length() - 1) : key);
  }
}
