package io.steppe.agent.task;

/** A run of a task that could not begin; its message is shown in the task's events. */
public final class StartFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean recoverable;

  /**
   * @param recoverable whether another attempt may succeed
   */
  public StartFailure(String message, boolean recoverable) {
    super(message);
    this.recoverable = recoverable;
  }

  public boolean recoverable() {
    return recoverable;
  }
}
