package io.steppe.bench.simulate;

import io.steppe.proto.v1.AllocDeploymentStatus;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An allocation whose tasks only say that they run. They all start at once and end at once: when
 * the longest is over, or when told to.
 *
 * @param tasks by name
 * @param endless a service or system allocation that runs until it is told to stop
 * @param deployed whether a deployment waits for its health
 */
record MockAllocation(
    String id, Map<String, MockTask> tasks, boolean endless, boolean deployed, Instant started) {

  static MockAllocation of(Allocation allocation, Instant now) {
    Job job = allocation.getJob();
    Map<String, MockTask> tasks = new LinkedHashMap<>();
    job.getTaskGroupsList().stream()
        .filter(group -> group.getName().equals(allocation.getTaskGroup()))
        .map(TaskGroup::getTasksList)
        .flatMap(List::stream)
        .forEach(task -> tasks.put(task.getName(), MockTask.of(task)));
    boolean runsUntilTold = job.getType().equals("service") || job.getType().equals("system");
    boolean timed = tasks.values().stream().anyMatch(task -> !task.runFor().isZero());
    boolean deployed = !allocation.getDeploymentId().isEmpty();
    return new MockAllocation(
        allocation.getId(), Map.copyOf(tasks), runsUntilTold && !timed, deployed, now);
  }

  /** How long it runs; empty when until it is told to stop. */
  Optional<Duration> runFor() {
    if (!startError().isEmpty()) {
      return Optional.of(Duration.ZERO);
    }
    return endless
        ? Optional.empty()
        : tasks.values().stream().map(MockTask::runFor).max(Duration::compareTo);
  }

  /** What the node reports when it runs. */
  Allocation running() {
    Allocation.Builder report = report("running", "Tasks are running");
    tasks.forEach((name, _) -> report.putTaskStates(name, runningState().build()));
    if (deployed) {
      report.setDeploymentStatus(
          AllocDeploymentStatus.newBuilder().setHealthy(true).setTimestamp(nanos(started)));
    }
    return report.build();
  }

  /** What the node reports when it is over by itself. */
  Allocation ended(Instant now) {
    boolean failed = tasks.values().stream().anyMatch(MockAllocation::fails);
    Allocation.Builder report =
        failed ? report("failed", "Failed tasks") : report("complete", "All tasks have completed");
    tasks.forEach((name, task) -> report.putTaskStates(name, endedState(task, now)));
    return report.build();
  }

  /** What the node reports when it was told to stop. */
  Allocation stopped(Instant now) {
    Allocation.Builder report = report("complete", "All tasks have completed");
    tasks.forEach(
        (name, _) ->
            report.putTaskStates(
                name,
                runningState()
                    .setState("dead")
                    .setFinishedAt(nanos(now))
                    .addEvents(
                        event("Killing", now, "Sent interrupt. Waiting 5s before force killing"))
                    .addEvents(terminated(0, now))
                    .addEvents(event("Killed", now, "Task successfully killed"))
                    .build()));
    return report.build();
  }

  private Allocation.Builder report(String status, String description) {
    return Allocation.newBuilder()
        .setId(id)
        .setClientStatus(status)
        .setClientDescription(description);
  }

  private TaskState.Builder runningState() {
    return TaskState.newBuilder()
        .setState("running")
        .setStartedAt(nanos(started))
        .addEvents(event("Received", started, "Task received by client"))
        .addEvents(event("Started", started, "Task started by client"));
  }

  private TaskState endedState(MockTask task, Instant now) {
    if (!task.startError().isEmpty()) {
      return TaskState.newBuilder()
          .setState("dead")
          .setFailed(true)
          .setFinishedAt(nanos(now))
          .addEvents(event("Received", started, "Task received by client"))
          .addEvents(
              event("Driver Failure", now, task.startError()).setDriverError(task.startError()))
          .build();
    }
    return runningState()
        .setState("dead")
        .setFailed(task.exitCode() != 0)
        .setFinishedAt(nanos(now))
        .addEvents(terminated(task.exitCode(), now))
        .build();
  }

  private String startError() {
    return tasks.values().stream()
        .map(MockTask::startError)
        .filter(error -> !error.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static boolean fails(MockTask task) {
    return task.exitCode() != 0 || !task.startError().isEmpty();
  }

  private static TaskEvent.Builder terminated(int exitCode, Instant now) {
    return event("Terminated", now, "Exit Code: " + exitCode)
        .setExitCode(exitCode)
        .putDetails("exit_code", String.valueOf(exitCode))
        .putDetails("signal", "0");
  }

  private static TaskEvent.Builder event(String type, Instant at, String message) {
    return TaskEvent.newBuilder().setType(type).setTime(nanos(at)).setDisplayMessage(message);
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }
}
