package io.steppe.agent.task;

import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * The events of a task's life, with the types, texts and details that clients of Nomad show and
 * match on.
 */
public final class TaskEvents {
  /** Events kept of each task: the latest. */
  public static final int KEPT = 10;

  private TaskEvents() {}

  /** The state with one more event, the oldest gone when there are too many. */
  public static TaskState append(TaskState state, TaskEvent event) {
    TaskState.Builder next = state.toBuilder();
    if (next.getEventsCount() >= KEPT) {
      var kept =
          state.getEventsList().subList(next.getEventsCount() - KEPT + 1, next.getEventsCount());
      next.clearEvents().addAllEvents(kept);
    }
    return next.addEvents(event).build();
  }

  public static TaskEvent received(Instant at) {
    return event("Received", at).setDisplayMessage("Task received by client").build();
  }

  public static TaskEvent setup(Instant at, String message) {
    return event("Task Setup", at)
        .setMessage(message)
        .setDisplayMessage(message)
        .putDetails("message", message)
        .build();
  }

  public static TaskEvent setupFailure(Instant at, String error) {
    return event("Setup Failure", at)
        .setSetupError(error)
        .setDisplayMessage(error)
        .putDetails("setup_error", error)
        .putDetails("fails_task", "true")
        .setFailsTask(true)
        .build();
  }

  public static TaskEvent driver(Instant at, String message, Map<String, String> details) {
    return event("Driver", at)
        .setDriverMessage(message)
        .setDisplayMessage(message)
        .putAllDetails(details)
        .putDetails("driver_message", message)
        .build();
  }

  public static TaskEvent started(Instant at) {
    return event("Started", at).setDisplayMessage("Task started by client").build();
  }

  public static TaskEvent driverFailure(Instant at, String error) {
    return event("Driver Failure", at)
        .setDriverError(error)
        .setDisplayMessage(error)
        .putDetails("driver_error", error)
        .build();
  }

  public static TaskEvent terminated(Instant at, Exit exit) {
    String text = "Exit Code: " + exit.code();
    if (exit.signal() != 0) {
      text += ", Signal: " + exit.signal();
    }
    TaskEvent.Builder event =
        event("Terminated", at)
            .setExitCode(exit.code())
            .setSignal(exit.signal())
            .putDetails("exit_code", String.valueOf(exit.code()))
            .putDetails("signal", String.valueOf(exit.signal()))
            .putDetails("oom_killed", String.valueOf(exit.oomKilled()));
    if (!exit.message().isEmpty()) {
      text += ", Exit Message: \"" + exit.message() + "\"";
      event.setMessage(exit.message()).putDetails("exit_message", exit.message());
    }
    return event.setDisplayMessage(text).build();
  }

  public static TaskEvent restarting(Instant at, Duration after, String reason) {
    String text = "Task restarting in " + GoDuration.format(after);
    return event("Restarting", at)
        .setRestartReason(reason)
        .setStartDelay(after.toNanos())
        .setDisplayMessage(
            reason.isEmpty() || reason.equals(RestartRule.WITHIN_POLICY)
                ? text
                : reason + " - " + text)
        .putDetails("restart_reason", reason)
        .putDetails("start_delay", String.valueOf(after.toNanos()))
        .build();
  }

  public static TaskEvent restartSignaled(Instant at, String reason) {
    return event("Restart Signaled", at)
        .setRestartReason(reason)
        .setDisplayMessage(reason)
        .putDetails("restart_reason", reason)
        .build();
  }

  public static TaskEvent signaling(Instant at, String signal) {
    return event("Signaling", at)
        .setTaskSignal(signal)
        .setDisplayMessage("Task being sent signal " + signal)
        .putDetails("signal", signal)
        .build();
  }

  public static TaskEvent pausing(Instant at) {
    return event("Pausing", at).setDisplayMessage("Task is paused").build();
  }

  public static TaskEvent resuming(Instant at) {
    return event("Resuming", at).setDisplayMessage("Task may run").build();
  }

  public static TaskEvent notRestarting(Instant at, String reason) {
    return event("Not Restarting", at)
        .setRestartReason(reason)
        .setFailsTask(true)
        .setDisplayMessage(reason)
        .putDetails("restart_reason", reason)
        .putDetails("fails_task", "true")
        .build();
  }

  public static TaskEvent killing(Instant at, Duration killTimeout) {
    return event("Killing", at)
        .setKillTimeout(killTimeout.toNanos())
        .setDisplayMessage(
            killTimeout.isZero()
                ? "Sent interrupt"
                : "Sent interrupt. Waiting "
                    + GoDuration.format(killTimeout)
                    + " before force killing")
        .putDetails("kill_timeout", GoDuration.format(killTimeout))
        .build();
  }

  public static TaskEvent killed(Instant at) {
    return event("Killed", at).setDisplayMessage("Task successfully killed").build();
  }

  public static TaskEvent shutdownDelay(Instant at, Duration delay) {
    return event("Waiting for shutdown delay", at)
        .setStartDelay(delay.toNanos())
        .setDisplayMessage(
            "Waiting for shutdown_delay of "
                + GoDuration.format(delay)
                + " before killing the task.")
        .putDetails("start_delay", String.valueOf(delay.toNanos()))
        .build();
  }

  public static TaskEvent siblingFailed(Instant at, String sibling) {
    return event("Sibling Task Failed", at)
        .setFailedSibling(sibling)
        .setDisplayMessage("Task's sibling \"" + sibling + "\" failed")
        .putDetails("failed_sibling", sibling)
        .build();
  }

  public static TaskEvent leaderDead(Instant at) {
    return event("Leader Task Dead", at).setDisplayMessage("Leader Task in Group dead").build();
  }

  public static TaskEvent mainDead(Instant at) {
    return event("Main Tasks Dead", at).setDisplayMessage("Main tasks in the group died").build();
  }

  private static TaskEvent.Builder event(String type, Instant at) {
    return TaskEvent.newBuilder().setType(type).setTime(nanos(at));
  }

  /** Unix nanoseconds. */
  public static long nanos(Instant at) {
    return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000_000L), at.getNano());
  }

  /** The instant of Unix nanoseconds. */
  public static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
  }
}
