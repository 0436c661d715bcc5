package io.steppe.agent.task;

/**
 * How a run of a task ended.
 *
 * @param code exit code; 128 + signal when a signal ended it
 * @param signal number of the signal that ended it, 0 for none
 * @param message why the code is not the process's own, or empty
 * @param oomKilled whether the kernel killed a process of it for want of memory
 */
public record Exit(int code, int signal, String message, boolean oomKilled) {
  public Exit(int code, int signal, String message) {
    this(code, signal, message, false);
  }

  public static final Exit SUCCESS = new Exit(0, 0, "");

  /** The exit a shell's status stands for: above 128 it is a signal. */
  public static Exit ofShellStatus(int status) {
    return new Exit(status, status > 128 && status <= 128 + 64 ? status - 128 : 0, "");
  }

  /** The run is over and nobody knows how. */
  public static Exit unknown(String why) {
    return new Exit(-1, 0, why);
  }

  /** The same exit, because memory ran out. */
  public Exit outOfMemory() {
    return new Exit(code, signal, "OOM Killed", true);
  }

  public boolean successful() {
    return code == 0 && signal == 0 && message.isEmpty();
  }
}
