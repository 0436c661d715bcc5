package io.steppe.agent.alloc;

import io.steppe.agent.task.Exit;

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

  /** Time went by, or its job changed in place. */
  record Look() implements Input {}
}
