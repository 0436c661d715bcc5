package io.steppe.agent.log;

import java.util.OptionalLong;

/** Names of log files: {@code TASK.stdout.N} and {@code TASK.stderr.N}. */
public final class LogFiles {
  private LogFiles() {}

  /**
   * @param type stdout or stderr
   */
  public static String prefix(String task, String type) {
    return task + "." + type + ".";
  }

  /** The number at a name's end, if the rest is the prefix. */
  public static OptionalLong index(String name, String prefix) {
    String digits = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
    boolean number =
        !digits.isEmpty()
            && digits.length() <= 12
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
  }
}
