package io.steppe.agent.driver;

import io.steppe.agent.task.Exit;
import java.util.Map;

/** Hears of a run, on any thread: at most one start, then at most one end. */
public interface RunListener {
  /** Something worth showing among the task's events, before it starts. */
  void event(String message, Map<String, String> details);

  void started();

  void startFailed(String error, boolean recoverable);

  void exited(Exit exit);
}
