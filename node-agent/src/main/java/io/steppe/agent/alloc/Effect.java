package io.steppe.agent.alloc;

/** What is to be done for an allocation. */
sealed interface Effect {
  /** Make its folders. */
  record Prepare() implements Effect {}

  /** Start a run of a task. */
  record Start(String task, int run) implements Effect {}

  /** Send a task's run its kill signal. */
  record Signal(String task, int run, String signal) implements Effect {}

  /** Kill a task's run and all that it left. */
  record Kill(String task, int run) implements Effect {}
}
