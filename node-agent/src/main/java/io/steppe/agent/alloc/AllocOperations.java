package io.steppe.agent.alloc;

import io.steppe.rpc.Failure;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What operators may do to allocations that run here. */
public final class AllocOperations {
  private static final long SECONDS = 10;
  private static final String DEFAULT_SIGNAL = "SIGKILL";

  private final Allocations allocations;
  private final Surroundings around;

  public AllocOperations(Allocations allocations, Surroundings around) {
    this.allocations = allocations;
    this.around = around;
  }

  /**
   * Starts tasks again, without counting it against their restart policies.
   *
   * @param task empty for all that run
   * @param all with those that ended; then no task may be named
   * @throws Failure NOT_FOUND for an unknown allocation, INVALID when the task does not run
   */
  public void restart(String allocation, String task, boolean all) throws InterruptedException {
    AllocRunner runner = known(allocation);
    if (all && !task.isEmpty()) {
      throw Failure.invalid("Cannot restart all tasks and a single task at once");
    }
    Input wish =
        all
            ? new Input.RestartAll("User requested all tasks to restart")
            : new Input.Restart(
                task,
                task.isEmpty()
                    ? "User requested running tasks to restart"
                    : "User requested task to restart");
    ask(runner, wish);
  }

  /**
   * Sends tasks a signal.
   *
   * @param task empty for all that run
   * @param signal a name, with SIG before it or without; empty for SIGKILL
   * @throws Failure NOT_FOUND for an unknown allocation, INVALID for an unknown task or signal
   */
  public void signal(String allocation, String task, String signal) throws InterruptedException {
    AllocRunner runner = known(allocation);
    ask(runner, new Input.Signal(task, signal.isEmpty() ? DEFAULT_SIGNAL : signalName(signal)));
  }

  private String signalName(String signal) {
    String upper = signal.toUpperCase(Locale.ROOT);
    String name = upper.startsWith("SIG") ? upper : "SIG" + upper;
    String known = around.node().get().getAttributesOrDefault("os.signals", "");
    if (!Arrays.asList(known.split(",")).contains(name)) {
      throw Failure.invalid("Unknown signal \"" + signal + "\"");
    }
    return name;
  }

  /**
   * Holds a task, or lets it go on.
   *
   * @param state "pause", "run" or "scheduled"
   * @throws Failure NOT_FOUND for an unknown allocation, INVALID for an unknown task or state
   */
  public void pause(String allocation, String task, String state) throws InterruptedException {
    AllocRunner runner = known(allocation);
    String paused =
        switch (state) {
          case "pause" -> Paused.FORCED;
          case "run" -> Paused.FORCED_RUN;
          case "scheduled" -> Paused.NO;
          default ->
              throw Failure.invalid(
                  "invalid schedule state \"" + state + "\": must be pause, run or scheduled");
        };
    ask(runner, new Input.Pause(task, paused));
  }

  /** Whether a task pauses and why; empty when nothing holds it. */
  public String paused(String allocation, String task) {
    var state = known(allocation).report().getTaskStatesMap().get(task);
    if (state == null) {
      throw Failure.invalid("Could not find task runner for task: " + task);
    }
    return state.getPaused();
  }

  /**
   * The allocation of an id.
   *
   * @throws Failure NOT_FOUND when there is none here
   */
  public AllocRunner known(String allocation) {
    return allocations
        .find(allocation)
        .orElseThrow(() -> Failure.notFound("Unknown allocation \"" + allocation + "\""));
  }

  private static void ask(AllocRunner runner, Input wish) throws InterruptedException {
    CompletableFuture<Optional<String>> answer = runner.ask(wish);
    try {
      Optional<String> refusal = answer.get(SECONDS, TimeUnit.SECONDS);
      if (refusal.isPresent()) {
        throw Failure.invalid(refusal.get());
      }
    } catch (TimeoutException | ExecutionException e) {
      throw Failure.unavailable("allocation " + runner.id() + " does not answer");
    }
  }
}
