package io.steppe.http.query;

import io.steppe.http.failure.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The parameters of a request. Of a parameter given more than once the first counts, but for those
 * read with {@link #all}. Pairs that are not well encoded are left out.
 */
public final class Query {
  private final Map<String, List<String>> parameters;

  private Query(Map<String, List<String>> parameters) {
    this.parameters = parameters;
  }

  /** Parses what stands behind the question mark; null is nothing. */
  public static Query parse(String raw) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    if (raw != null) {
      for (String pair : raw.split("&")) {
        int equals = pair.indexOf('=');
        Optional<String> key = decode(equals < 0 ? pair : pair.substring(0, equals), true);
        Optional<String> value = decode(equals < 0 ? "" : pair.substring(equals + 1), true);
        if (!pair.isEmpty() && key.isPresent() && value.isPresent()) {
          parameters.computeIfAbsent(key.get(), k -> new ArrayList<>()).add(value.get());
        }
      }
    }
    return new Query(parameters);
  }

  /** Undoes percent-encoding; empty when it is broken. */
  public static Optional<String> decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0) {
      return Optional.of(plusIsSpace ? text.replace('+', ' ') : text);
    }
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] != '%') {
        out.write(plusIsSpace && in[i] == '+' ? ' ' : in[i]);
      } else if (i + 2 < in.length
          && HexFormat.isHexDigit(in[i + 1])
          && HexFormat.isHexDigit(in[i + 2])) {
        out.write(HexFormat.fromHexDigit(in[i + 1]) << 4 | HexFormat.fromHexDigit(in[i + 2]));
        i += 2;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(out.toString(StandardCharsets.UTF_8));
  }

  /** Whether the parameter is there, with or without a value. */
  public boolean has(String name) {
    return parameters.containsKey(name);
  }

  /** The parameter's value; empty text where it is not given. */
  public String text(String name) {
    List<String> values = parameters.get(name);
    return values == null ? "" : values.getFirst();
  }

  /** All values of a parameter. */
  public List<String> all(String name) {
    return parameters.getOrDefault(name, List.of());
  }

  /**
   * A boolean parameter.
   *
   * @throws Refusal 500 for text that is none
   */
  public boolean bool(String name, boolean absent) {
    String text = text(name);
    if (text.isEmpty()) {
      return absent;
    }
    return GoValues.bool(text)
        .orElseThrow(
            () ->
                new Refusal(
                    500,
                    "Failed to parse value of \""
                        + name
                        + "\" ("
                        + text
                        + ") as a bool: "
                        + GoErrors.parseBool(text)));
  }

  /**
   * An integer parameter.
   *
   * @throws Refusal 400 for text that is none
   */
  public OptionalInt integer(String name) {
    String text = text(name);
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    OptionalLong value = GoValues.integer(text);
    if (value.isEmpty() || value.getAsLong() != (int) value.getAsLong()) {
      throw Refusal.badRequest(
          "Failed to parse value of \""
              + name
              + "\" ("
              + text
              + ") as an int: "
              + GoErrors.atoi(text));
    }
    return OptionalInt.of((int) value.getAsLong());
  }

  /** Whether the answer is to be easy on the eye. */
  public boolean pretty() {
    return has("pretty") && !text("pretty").equals("0");
  }
}
