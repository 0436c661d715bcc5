package io.steppe.agent.alloc;

import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.alloc.GroupSpec.Hook;
import java.util.Optional;

/** Why what an operator wants of an allocation can't be done now, in Nomad's words. */
final class Refusals {
  private static final String NOT_RUNNING = "Task not running";

  private Refusals() {}

  /** Empty when it can be done, and for what no operator asks for. */
  static Optional<String> of(GroupSpec spec, AllocModel model, Input input) {
    return switch (input) {
      case Input.Restart(String task, String _) when unknown(model, task) -> noRunner(task);
      case Input.Restart(String task, String _) -> unlessRunning(model, task);
      case Input.RestartAll(String _) ->
          over(spec, model) ? Optional.of(NOT_RUNNING) : Optional.empty();
      case Input.Signal(String task, String _) when unknown(model, task) ->
          Optional.of("Task not found");
      case Input.Signal(String task, String _) -> unlessRunning(model, task);
      case Input.Pause(String task, String _) when task.isEmpty() || unknown(model, task) ->
          noRunner(task);
      case Input.Pause(String task, String _) ->
          !mayPause(spec, model, task) ? Optional.of(NOT_RUNNING) : Optional.empty();
      case Input.Received _,
          Input.Prepared _,
          Input.PrepareFailed _,
          Input.Started _,
          Input.DriverSaid _,
          Input.StartFailed _,
          Input.Exited _,
          Input.Lost _,
          Input.Stop _,
          Input.Unhealthy _,
          Input.ChecksPass _,
          Input.Look _ ->
          Optional.empty();
    };
  }

  private static boolean unknown(AllocModel model, String task) {
    return !task.isEmpty() && !model.tasks().containsKey(task);
  }

  private static Optional<String> noRunner(String task) {
    return Optional.of("Could not find task runner for task: " + task);
  }

  /** What cleans up after the others is not held: it would keep the allocation from its end. */
  private static boolean mayPause(GroupSpec spec, AllocModel model, String name) {
    TaskModel task = model.tasks().get(name);
    return !task.dead()
        && !task.ending()
        && spec.tasks().stream()
            .noneMatch(one -> one.name().equals(name) && one.hook() == Hook.POSTSTOP);
  }

  /** Of one task, or of any when none is named. */
  private static Optional<String> unlessRunning(AllocModel model, String task) {
    boolean running =
        model.tasks().entrySet().stream()
            .filter(entry -> task.isEmpty() || entry.getKey().equals(task))
            .map(entry -> entry.getValue())
            .anyMatch(one -> one.running() && !one.ending());
    return running ? Optional.empty() : Optional.of(NOT_RUNNING);
  }

  /** The group is at its end: nothing of it begins again. */
  private static boolean over(GroupSpec spec, AllocModel model) {
    return model.stopping()
        || !model.prepared()
        || model.tasks().values().stream().anyMatch(task -> task.failed() || task.ending())
        || spec.tasks().stream()
            .filter(task -> task.hook() == Hook.MAIN)
            .map(task -> model.tasks().get(task.name()))
            .allMatch(TaskModel::dead);
  }
}
