package io.steppe.agent.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Words and small scripts for {@code /bin/sh}. */
final class Shell {
  /** Arguments: files to write 0 to, --, the command. */
  private static final String ENTER =
      """
      while [ "$1" != -- ]; do echo 0 2>/dev/null >"$1" || :; shift; done
      shift
      exec "$@"
      """;

  private Shell() {}

  /** One word, whatever is in it. */
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** What stands before a command so that it enters groups as far as it can. */
  static List<String> entering(List<Path> entrances) {
    if (entrances.isEmpty()) {
      return List.of();
    }
    List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", ENTER, "sh"));
    entrances.forEach(entrance -> line.add(entrance.toString()));
    line.add("--");
    return line;
  }
}
