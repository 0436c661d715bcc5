package io.steppe.diagnostics.profile;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the program.
 *
 * @param method class and method
 * @param file its source; empty where it is not known
 * @param line in the source; 0 where it is not known
 */
record Frame(String method, String file, int line) {
  /** As stack traces write it: module/class.method(file:line). */
  private static final Pattern WRITTEN =
      Pattern.compile("(?:.*/)?([^(/]+)\\(([^:)]*)(?::(\\d+))?\\)");

  /** A frame as stack traces write it. */
  static Frame parse(String text) {
    Matcher written = WRITTEN.matcher(text);
    if (!written.matches()) {
      return new Frame(text, "", 0);
    }
    String line = written.group(3);
    return new Frame(written.group(1), written.group(2), line == null ? 0 : Integer.parseInt(line));
  }
}
