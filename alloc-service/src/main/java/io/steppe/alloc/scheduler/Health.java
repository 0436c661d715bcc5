package io.steppe.alloc.scheduler;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.MigrateStrategy;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.TaskState;
import io.steppe.proto.v1.UpdateStrategy;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * How well an allocation that has not ended does what its group wants of it. Its agent says so;
 * where an agent says nothing, tasks that run for long enough do. Times in Unix nanoseconds.
 */
public sealed interface Health {
  /** How long an agent's word may be on its way. */
  long SLACK = Duration.ofSeconds(5).toNanos();

  /** It runs as it should. */
  record Healthy() implements Health {}

  /** It had its time to become healthy: nobody waits for it any more. */
  record Unhealthy() implements Health {}

  /**
   * It may become either.
   *
   * @param until when it is worth another look, should nobody report before
   */
  record Undecided(long until) implements Health {}

  /**
   * What a group calls healthy.
   *
   * @param checks whether the checks of its services count
   * @param minHealthyTime how long it must have been well without a break
   * @param deadline how long it may take to become healthy
   */
  record Terms(boolean checks, long minHealthyTime, long deadline) {
    private static final String CHECKS = "checks";

    public static Terms of(MigrateStrategy migrate) {
      return new Terms(
          migrate.getHealthCheck().equals(CHECKS),
          migrate.getMinHealthyTime(),
          migrate.getHealthyDeadline());
    }

    public static Terms of(UpdateStrategy update) {
      return new Terms(
          update.getHealthCheck().equals(CHECKS),
          update.getMinHealthyTime(),
          update.getHealthyDeadline());
    }
  }

  /** Whether it counts as one that does its work, or never will. */
  default boolean settled() {
    return !(this instanceof Undecided);
  }

  /**
   * Judges an allocation that has not ended.
   *
   * @param group of the allocation's job version
   */
  static Health of(Allocation allocation, TaskGroup group, Terms terms, long now) {
    if (allocation.getClientStatus().equals(Statuses.UNKNOWN)) {
      return new Undecided(Long.MAX_VALUE);
    }
    var said = allocation.getDeploymentStatus();
    if (said.hasHealthy() && !said.getHealthy()) {
      return new Unhealthy();
    }
    long givenUp = later(later(allocation.getCreateTime(), terms.deadline()), SLACK);
    OptionalLong since = steadySince(allocation, group);
    if (allocation.getClientStatus().equals(Statuses.RUNNING)) {
      if (said.getHealthy()) {
        return saidHealthy(allocation, since, terms, now);
      }
      if (since.isPresent() && !(terms.checks() && hasChecks(group))) {
        long from = later(later(since.getAsLong(), terms.minHealthyTime()), SLACK);
        return from <= now ? new Healthy() : new Undecided(from);
      }
    }
    return givenUp <= now ? new Unhealthy() : new Undecided(givenUp);
  }

  /** The agent's word is of one moment: tasks may have been restarted since. */
  private static Health saidHealthy(
      Allocation allocation, OptionalLong since, Terms terms, long now) {
    if (allocation.getTaskStatesCount() == 0) {
      return new Healthy();
    }
    if (since.isEmpty()) {
      return new Undecided(Long.MAX_VALUE);
    }
    long from = later(since.getAsLong(), terms.minHealthyTime());
    return from <= now ? new Healthy() : new Undecided(from);
  }

  /** Since when all tasks that should run do; empty when one does not. */
  private static OptionalLong steadySince(Allocation allocation, TaskGroup group) {
    long since = 0;
    for (Task task : group.getTasksList()) {
      var hook = task.getLifecycle().getHook();
      boolean once = !hook.isEmpty() && !task.getLifecycle().getSidecar();
      TaskState state =
          allocation.getTaskStatesOrDefault(task.getName(), TaskState.getDefaultInstance());
      boolean done = state.getState().equals("dead") && !state.getFailed();
      if (hook.equals("poststop") || once && done) {
        continue;
      }
      if (once || !state.getState().equals("running")) {
        return OptionalLong.empty();
      }
      since = Math.max(since, state.getStartedAt());
    }
    return since == 0 ? OptionalLong.empty() : OptionalLong.of(since);
  }

  /** Whether agents look at checks of the group: the rule is theirs too. */
  private static boolean hasChecks(TaskGroup group) {
    return Stream.concat(
            group.getServicesList().stream(),
            group.getTasksList().stream().flatMap(task -> task.getServicesList().stream()))
        .filter(service -> service.getProvider().equals("nomad"))
        .flatMap(service -> service.getChecksList().stream())
        .anyMatch(check -> !check.getOnUpdate().equals("ignore"));
  }

  private static long later(long at, long duration) {
    return duration > Long.MAX_VALUE - at ? Long.MAX_VALUE : at + duration;
  }
}
