package io.steppe.agent.driver;

import io.steppe.agent.stats.TaskUsage;
import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.util.List;

/**
 * Runs tasks of one kind. A run once begun goes on without the agent: {@link #adopt} finds it
 * again.
 */
public interface Driver extends AutoCloseable {
  /** As jobs name it. */
  String name();

  /** Looks at the machine for what the driver needs. Takes a few seconds at most. */
  DriverFingerprint fingerprint();

  /** How much of the machine's files its tasks see. */
  Isolation isolation();

  /**
   * Orders a run to begin; the listener hears when it did and when it ended.
   *
   * @throws StartFailure when it can't begin
   */
  void start(TaskRun run, RunListener listener) throws StartFailure;

  /**
   * Takes over a run ordered before the agent was started.
   *
   * @return false when the run never began, and never will
   */
  boolean adopt(TaskRun run, RunListener listener);

  /**
   * Sends the run's processes a signal.
   *
   * @param signal as {@code SIGTERM}; empty for the driver's default
   */
  void signal(TaskRun run, String signal) throws IOException;

  /** Kills all processes of the run. */
  void kill(TaskRun run);

  /** What the run has used until now. */
  TaskUsage usage(TaskRun run) throws IOException;

  /** The run's processes. */
  List<Long> processes(TaskRun run);

  /**
   * Where another command is run to be beside the run's own.
   *
   * @throws IOException when nothing can be: the run is over, or the driver has no such place
   */
  ExecPlace execIn(TaskRun run) throws IOException;

  /** Leaves all runs as they are. */
  @Override
  void close();
}
