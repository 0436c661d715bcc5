package io.steppe.agent.task;

/**
 * How a run of a task ended.
 *
 * @param code exit code; 128 + signal when a signal ended it
 * @param signal number of the signal that ended it, 0 for none
 * @param message why the code is not the process's own, or empty
 */
public record Exit(int code, int signal, String message) {
  public static final Exit SUCCESS = new Exit(0, 0, "");

  /** The exit a shell's status stands for: above 128 it is a signal. */
  public static Exit ofShellStatus(int status) {
    return new Exit(status, status > 128 && status <= 128 + 64 ? status - 128 : 0, "");
  }

  /** The run is over and nobody knows how. */
  public static Exit unknown(String why) {
    return new Exit(-1, 0, why);
  }

  public boolean successful() {
    return code == 0 && signal == 0 && message.isEmpty();
  }
}
