package io.steppe.agent.alloc;

import io.steppe.agent.task.Exit;
import java.util.Map;

/** What happens to an allocation. */
sealed interface Input {
  /** It was received. */
  record Received() implements Input {}

  /** Its folders are made. */
  record Prepared() implements Input {}

  /** Its folders could not be made. */
  record PrepareFailed(String error) implements Input {}

  /** A run of a task is going. */
  record Started(String task, int run) implements Input {}

  /** A driver has something to show of a run. */
  record DriverSaid(String task, int run, String message, Map<String, String> details)
      implements Input {}

  /** A run of a task did not begin. */
  record StartFailed(String task, int run, String error, boolean recoverable) implements Input {}

  /** A run of a task ended. */
  record Exited(String task, int run, Exit exit) implements Input {}

  /**
   * A run that was ordered never began, or was ended with the machine's agent: the next one takes
   * its place.
   */
  record Lost(String task, int run) implements Input {}

  /** It is to end. */
  record Stop(boolean withoutDelay) implements Input {}

  /**
   * Running tasks are to start again at once, uncounted.
   *
   * @param task empty for all that run
   * @param reason as their events show it
   */
  record Restart(String task, String reason) implements Input {}

  /** All tasks are to start again in the order of their life cycle, those that ended too. */
  record RestartAll(String reason) implements Input {}

  /** A run is alive but useless: it is killed, and the restart policy decides what follows. */
  record Unhealthy(String task, int run, String reason) implements Input {}

  /** All checks that the allocation's health waits for pass, or not all do. */
  record ChecksPass(boolean all) implements Input {}

  /**
   * Running tasks are to get a signal.
   *
   * @param task empty for all that run
   */
  record Signal(String task, String signal) implements Input {}

  /**
   * A task is to pause, or to go on.
   *
   * @param paused one of {@link Paused}
   */
  record Pause(String task, String paused) implements Input {}

  /** Time went by, or its job changed in place. */
  record Look() implements Input {}
}
