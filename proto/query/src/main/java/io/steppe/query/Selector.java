package io.steppe.query;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Names a value by the keys that lead to it.
 *
 * @param path keys, names in maps and positions in lists; never empty
 * @param pointer whether it was written as a JSON pointer, {@code "/Meta/rack"}
 */
record Selector(List<String> path, boolean pointer) {
  private static final Pattern PLAIN = Pattern.compile("[a-zA-Z][a-zA-Z0-9_/]*|[0-9]+");

  /** As error texts call it. */
  String name() {
    return String.join(pointer ? "/" : ".", path);
  }

  /** As it is written. */
  @Override
  public String toString() {
    if (pointer) {
      return path.equals(List.of("")) ? "\"\"" : "\"" + pointer(path) + "\"";
    }
    StringBuilder text = new StringBuilder(path.getFirst());
    for (String part : path.subList(1, path.size())) {
      if (PLAIN.matcher(part).matches()) {
        text.append('.').append(part);
      } else {
        text.append('[').append(GoText.quoted(part)).append(']');
      }
    }
    return text.toString();
  }

  /** A path as a JSON pointer. */
  static String pointer(List<String> path) {
    StringBuilder text = new StringBuilder();
    for (String part : path) {
      text.append('/').append(part.replace("~", "~0").replace("/", "~1"));
    }
    return text.toString();
  }
}
