package io.steppe.agent.alloc;

import io.steppe.agent.task.RestartRule;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What of an allocation's job decides the life of its tasks.
 *
 * @param health how the allocation's health is judged; empty when nobody asks for it
 */
record GroupSpec(List<TaskSpec> tasks, Optional<HealthSpec> health) {
  private static final Duration DEFAULT_KILL_TIMEOUT = Duration.ofSeconds(5);

  enum Hook {
    PRESTART,
    MAIN,
    POSTSTART,
    POSTSTOP
  }

  /**
   * @param killSignal as the job names it; empty for the default
   * @param shutdownDelay between the wish to stop the task and its signal
   */
  record TaskSpec(
      String name,
      Hook hook,
      boolean sidecar,
      boolean leader,
      RestartRule restart,
      Duration killTimeout,
      String killSignal,
      Duration shutdownDelay) {

    /** Runs once and ends before (or after) the main tasks. */
    boolean ephemeral() {
      return hook != Hook.MAIN && !sidecar;
    }
  }

  /**
   * @param of the deployment the verdict is for; empty for a migration or an update without one
   * @param canary kept in the verdict
   * @param checks whether the checks of its services have to pass too
   */
  record HealthSpec(
      String of, Duration minHealthyTime, Duration deadline, boolean canary, boolean checks) {}

  /** Of the tasks, in the job's order. */
  List<String> names() {
    return tasks.stream().map(TaskSpec::name).toList();
  }

  /** The group an allocation is of. */
  static TaskGroup group(Allocation allocation) {
    return allocation.getJob().getTaskGroupsList().stream()
        .filter(group -> group.getName().equals(allocation.getTaskGroup()))
        .findFirst()
        .orElseGet(TaskGroup::getDefaultInstance);
  }

  /** A task of that group. */
  static Task task(Allocation allocation, String name) {
    return group(allocation).getTasksList().stream()
        .filter(task -> task.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static GroupSpec of(Allocation allocation) {
    TaskGroup group = group(allocation);
    String type = allocation.getJob().getType();
    boolean endless = type.equals("service") || type.equals("system");
    List<TaskSpec> tasks =
        group.getTasksList().stream().map(task -> task(task, group, endless)).toList();
    return new GroupSpec(tasks, health(allocation, group));
  }

  private static TaskSpec task(Task task, TaskGroup group, boolean endless) {
    Hook hook =
        switch (task.getLifecycle().getHook()) {
          case "prestart" -> Hook.PRESTART;
          case "poststart" -> Hook.POSTSTART;
          case "poststop" -> Hook.POSTSTOP;
          default -> Hook.MAIN;
        };
    boolean sidecar = task.getLifecycle().getSidecar();
    boolean restartsOnSuccess = endless && (hook == Hook.MAIN || sidecar);
    var policy = task.hasRestartPolicy() ? task.getRestartPolicy() : group.getRestartPolicy();
    return new TaskSpec(
        task.getName(),
        hook,
        sidecar,
        task.getLeader(),
        RestartRule.of(policy, restartsOnSuccess),
        task.hasKillTimeout() ? Duration.ofNanos(task.getKillTimeout()) : DEFAULT_KILL_TIMEOUT,
        task.getKillSignal(),
        Duration.ofNanos(group.getShutdownDelay() + task.getShutdownDelay()));
  }

  private static Optional<HealthSpec> health(Allocation allocation, TaskGroup group) {
    if (!allocation.getJob().getType().equals("service")) {
      return Optional.empty();
    }
    boolean canary = allocation.getDeploymentStatus().getCanary();
    if (!allocation.getDeploymentId().isEmpty()) {
      var update = group.hasUpdate() ? group.getUpdate() : allocation.getJob().getUpdate();
      return Optional.of(
          new HealthSpec(
              allocation.getDeploymentId(),
              Duration.ofNanos(update.getMinHealthyTime()),
              Duration.ofNanos(
                  update.hasHealthyDeadline()
                      ? update.getHealthyDeadline()
                      : DEFAULT_DEADLINE_NANOS),
              canary,
              awaitsChecks(group, update.getHealthCheck())));
    }
    return Optional.of(unasked(group, canary));
  }

  /**
   * Of an allocation without a deployment: a drain may have moved it here, or an update of its job,
   * and either waits until it is healthy. What is healthy for one may have to wait longer for the
   * other, which alloc-service sees to; so here the shorter time and the later deadline count, and
   * checks where either wants them.
   */
  private static HealthSpec unasked(TaskGroup group, boolean canary) {
    var migrate = group.getMigrate();
    long healthy =
        migrate.hasMinHealthyTime() ? migrate.getMinHealthyTime() : DEFAULT_HEALTHY_NANOS;
    long deadline =
        migrate.hasHealthyDeadline() ? migrate.getHealthyDeadline() : DEFAULT_DEADLINE_NANOS;
    var update = group.getUpdate();
    if (update.hasMinHealthyTime()) {
      healthy = Math.min(healthy, update.getMinHealthyTime());
    }
    if (update.hasHealthyDeadline()) {
      deadline = Math.max(deadline, update.getHealthyDeadline());
    }
    boolean checks =
        awaitsChecks(group, migrate.getHealthCheck())
            || group.hasUpdate() && awaitsChecks(group, update.getHealthCheck());
    return new HealthSpec(
        "", Duration.ofNanos(healthy), Duration.ofNanos(deadline), canary, checks);
  }

  /** By checks unless the job says by task states; there may be none to wait for. */
  private static boolean awaitsChecks(TaskGroup group, String by) {
    return !by.equals("task_states")
        && Stream.concat(
                group.getServicesList().stream(),
                group.getTasksList().stream().flatMap(task -> task.getServicesList().stream()))
            .filter(service -> service.getProvider().equals("nomad"))
            .flatMap(service -> service.getChecksList().stream())
            .anyMatch(check -> !check.getOnUpdate().equals("ignore"));
  }

  private static final long DEFAULT_HEALTHY_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long DEFAULT_DEADLINE_NANOS = Duration.ofMinutes(5).toNanos();
}
