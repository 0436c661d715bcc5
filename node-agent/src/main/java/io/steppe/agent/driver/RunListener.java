package io.steppe.agent.driver;

import io.steppe.agent.task.Exit;

/** Hears of a run, on any thread: at most one start, then at most one end. */
public interface RunListener {
  void started();

  void startFailed(String error, boolean recoverable);

  void exited(Exit exit);
}
