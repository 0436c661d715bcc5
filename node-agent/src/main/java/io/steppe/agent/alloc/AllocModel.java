package io.steppe.agent.alloc;

import io.steppe.agent.task.RestartRule;
import io.steppe.proto.v1.AllocDeploymentStatus;
import io.steppe.proto.v1.TaskState;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where an allocation stands: all that its next decision depends on.
 *
 * @param tasks by name, in the job's order
 * @param prepared folders are made
 * @param stopping it is to end
 * @param withoutDelay it is to end without shutdown delays
 * @param passing since when all checks pass; not kept over a restart of the agent
 */
record AllocModel(
    Map<String, TaskModel> tasks,
    boolean prepared,
    boolean stopping,
    boolean withoutDelay,
    Optional<Instant> passing,
    Health health) {

  /** Where a task stands. */
  sealed interface Phase {
    /** For its turn in the group's life cycle. */
    record Waiting() implements Phase {}

    /** A run was ordered from the driver. */
    record Starting() implements Phase {}

    record Running() implements Phase {}

    record BackingOff(Instant until) implements Phase {}

    record Dead() implements Phase {}
  }

  /** What becomes of a task that was told to go. */
  enum Then {
    /** It is over. */
    END,
    /** It starts again at once, uncounted. */
    AGAIN,
    /** It waits for its turn in the life cycle again. */
    AFRESH,
    /** Its restart policy decides, as if it had failed. */
    BY_POLICY,
    /** It waits until it may run again. */
    PAUSE
  }

  /**
   * A task on its way out.
   *
   * @param signalAt when its kill signal is due
   * @param forceAt when it is killed by force, if it was signaled and still runs
   */
  record Stop(Instant signalAt, boolean signaled, Instant forceAt, boolean forced, Then then) {
    Stop then(Then next) {
      return new Stop(signalAt, signaled, forceAt, forced, next);
    }
  }

  /**
   * @param run number of the present or last run, from 1
   * @param state as clients see it
   */
  record TaskModel(
      Phase phase, int run, RestartRule.Count count, Optional<Stop> stop, TaskState state) {
    boolean dead() {
      return phase instanceof Phase.Dead;
    }

    boolean running() {
      return phase instanceof Phase.Running;
    }

    boolean failed() {
      return state.getFailed();
    }

    boolean everStarted() {
      return state.getStartedAt() != 0;
    }

    /** It is going for good. */
    boolean ending() {
      return stop.filter(present -> present.then() == Then.END).isPresent();
    }

    /** Its present life in the group's life cycle began. */
    boolean begun() {
      return switch (phase) {
        case Phase.Waiting(), Phase.Starting() -> false;
        case Phase.Running(), Phase.BackingOff _, Phase.Dead() -> true;
      };
    }

    TaskModel with(Phase next) {
      return new TaskModel(next, run, count, stop, state);
    }

    TaskModel with(TaskState next) {
      return new TaskModel(phase, run, count, stop, next);
    }

    TaskModel with(Stop next) {
      return new TaskModel(phase, run, count, Optional.of(next), state);
    }

    TaskModel withoutStop() {
      return new TaskModel(phase, run, count, Optional.empty(), state);
    }

    TaskModel counted(RestartRule.Count next) {
      return new TaskModel(phase, run, next, stop, state);
    }

    TaskModel nextRun() {
      return new TaskModel(new Phase.Starting(), run + 1, count, stop, state);
    }
  }

  /**
   * @param of the deployment this is about
   * @param deadline when no verdict turns into unhealthy; empty while nothing is watched
   */
  record Health(String of, Optional<Instant> deadline, Optional<AllocDeploymentStatus> status) {
    static final Health UNWATCHED = new Health("", Optional.empty(), Optional.empty());

    boolean decided() {
      return status.isPresent() && status.get().hasHealthy();
    }
  }

  /** An allocation nobody has done anything for yet. */
  static AllocModel fresh(GroupSpec spec, Instant now) {
    Map<String, TaskModel> tasks = new LinkedHashMap<>();
    for (var task : spec.tasks()) {
      TaskState pending = TaskState.newBuilder().setState("pending").build();
      tasks.put(
          task.name(),
          new TaskModel(
              new Phase.Waiting(), 0, new RestartRule.Count(0, now), Optional.empty(), pending));
    }
    return new AllocModel(tasks, false, false, false, Optional.empty(), Health.UNWATCHED);
  }

  /** All tasks are over. */
  boolean finished() {
    return tasks.values().stream().allMatch(TaskModel::dead);
  }

  /** When to look again, if nothing happens before. */
  Optional<Instant> nextWake(GroupSpec spec) {
    Stream<Instant> ofTasks = tasks.values().stream().flatMap(AllocModel::due);
    return Stream.concat(ofTasks, healthDue(spec)).min(Instant::compareTo);
  }

  private static Stream<Instant> due(TaskModel task) {
    return switch (task.phase()) {
      case Phase.BackingOff _ when Paused.holds(task.state()) -> Stream.of();
      case Phase.BackingOff(Instant until) -> Stream.of(until);
      case Phase.Running() when task.stop().isPresent() -> {
        Stop stop = task.stop().get();
        yield !stop.signaled()
            ? Stream.of(stop.signalAt())
            : !stop.forced() ? Stream.of(stop.forceAt()) : Stream.of();
      }
      case Phase.Waiting(), Phase.Starting(), Phase.Running(), Phase.Dead() -> Stream.of();
    };
  }

  private Stream<Instant> healthDue(GroupSpec spec) {
    if (health.decided() || health.deadline().isEmpty() || finished()) {
      return Stream.of();
    }
    return Stream.concat(health.deadline().stream(), AllocHealth.healthyAt(spec, this).stream());
  }
}
