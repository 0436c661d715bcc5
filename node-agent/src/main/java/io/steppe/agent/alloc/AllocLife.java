package io.steppe.agent.alloc;

import io.steppe.agent.alloc.AllocModel.Health;
import io.steppe.agent.alloc.AllocModel.Phase;
import io.steppe.agent.alloc.AllocModel.Stop;
import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.alloc.GroupSpec.Hook;
import io.steppe.agent.alloc.GroupSpec.TaskSpec;
import io.steppe.agent.task.Exit;
import io.steppe.agent.task.RestartRule;
import io.steppe.agent.task.RestartRule.Ending;
import io.steppe.agent.task.RestartRule.Verdict;
import io.steppe.agent.task.TaskEvents;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/**
 * The life of an allocation as a function: where it stands and what happened give where it stands
 * next and what to do. No effects, no clock of its own; the same inputs give the same life.
 */
final class AllocLife {
  /** The outcome of an input. */
  record Step(AllocModel model, List<Effect> effects) {}

  private final GroupSpec spec;
  private final Instant now;
  private final DoubleSupplier random;
  private final Map<String, TaskModel> tasks;
  private final List<Effect> effects = new ArrayList<>();
  private boolean prepared;
  private boolean stopping;
  private boolean withoutDelay;

  private AllocLife(GroupSpec spec, AllocModel before, Instant now, DoubleSupplier random) {
    this.spec = spec;
    this.now = now;
    this.random = random;
    this.tasks = new LinkedHashMap<>(before.tasks());
    this.prepared = before.prepared();
    this.stopping = before.stopping();
    this.withoutDelay = before.withoutDelay();
  }

  /**
   * Decides what follows an input.
   *
   * @param random in [0, 1), for the jitter of restarts
   */
  static Step step(
      GroupSpec spec, AllocModel before, Input input, Instant now, DoubleSupplier random) {
    var life = new AllocLife(spec, before, now, random);
    life.take(input);
    if (life.prepared) {
      life.settle();
    }
    AllocModel after = life.model(before.health());
    Health health = AllocHealth.judge(spec, after, now);
    return new Step(
        new AllocModel(
            after.tasks(), after.prepared(), after.stopping(), after.withoutDelay(), health),
        life.effects);
  }

  private AllocModel model(Health health) {
    return new AllocModel(tasks, prepared, stopping, withoutDelay, health);
  }

  private void take(Input input) {
    switch (input) {
      case Input.Received() -> {
        for (TaskSpec task : spec.tasks()) {
          emit(task.name(), TaskEvents.received(now));
          emit(task.name(), TaskEvents.setup(now, "Building Task Directory"));
        }
        effects.add(new Effect.Prepare());
      }
      case Input.Prepared() -> prepared = true;
      case Input.PrepareFailed(String error) ->
          spec.tasks().forEach(task -> prepareFailed(task.name(), error));
      case Input.Started(String task, int run) when starting(task, run) -> started(task);
      case Input.StartFailed(String task, int run, String error, boolean recoverable)
          when starting(task, run) ->
          startFailed(task, error, recoverable);
      case Input.Exited(String task, int run, Exit exit) when alive(task, run) ->
          exited(task, exit);
      case Input.Lost(String task, int run) when alive(task, run) -> lost(task);
      case Input.Stop(boolean hurry) -> {
        stopping = true;
        withoutDelay |= hurry;
      }
      case Input.Started _, Input.StartFailed _, Input.Exited _, Input.Lost _, Input.Look _ -> {
        // Of a run that is over already, or nothing but time.
      }
    }
  }

  private boolean starting(String task, int run) {
    TaskModel model = tasks.get(task);
    return model != null && model.run() == run && model.phase() instanceof Phase.Starting;
  }

  private boolean alive(String task, int run) {
    TaskModel model = tasks.get(task);
    return model != null
        && model.run() == run
        && (model.running() || model.phase() instanceof Phase.Starting);
  }

  private void prepareFailed(String task, String error) {
    emit(task, TaskEvents.setupFailure(now, error));
    die(task, true);
  }

  private void started(String task) {
    emit(task, TaskEvents.started(now));
    TaskModel model = tasks.get(task);
    TaskState state =
        model.state().toBuilder().setState("running").setStartedAt(TaskEvents.nanos(now)).build();
    tasks.put(task, model.with(state).with(new Phase.Running()));
  }

  private void startFailed(String task, String error, boolean recoverable) {
    emit(task, TaskEvents.driverFailure(now, error));
    conclude(task, new Ending.StartFailed(recoverable));
  }

  private void exited(String task, Exit exit) {
    if (tasks.get(task).phase() instanceof Phase.Starting) {
      started(task);
    }
    emit(task, TaskEvents.terminated(now, exit));
    conclude(task, new Ending.Exited(exit));
  }

  private void lost(String task) {
    TaskModel model = tasks.get(task);
    if (model.stop().isPresent()) {
      emit(task, TaskEvents.killed(now));
      die(task, false);
      return;
    }
    TaskState state = model.state().toBuilder().setState("pending").build();
    tasks.put(task, model.with(state).with(new Phase.BackingOff(now)));
  }

  private void conclude(String task, Ending ending) {
    TaskModel model = tasks.get(task);
    if (model.stop().isPresent()) {
      emit(task, TaskEvents.killed(now));
      die(task, false);
      return;
    }
    RestartRule rule = spec(task).restart();
    Verdict verdict = rule.judge(model.count(), ending, now, random.getAsDouble());
    tasks.put(task, model.counted(verdict.count()));
    switch (verdict) {
      case Verdict.Restart(Duration after, String reason, RestartRule.Count _) ->
          backOff(task, after, reason);
      case Verdict.Fail(String reason, RestartRule.Count _) -> {
        emit(task, TaskEvents.notRestarting(now, reason));
        die(task, true);
      }
      case Verdict.Finish(RestartRule.Count _) -> die(task, false);
    }
  }

  private void backOff(String task, Duration after, String reason) {
    emit(task, TaskEvents.restarting(now, after, reason));
    TaskModel model = tasks.get(task);
    TaskState state =
        model.state().toBuilder()
            .setState("pending")
            .setRestarts(model.state().getRestarts() + 1)
            .setLastRestart(TaskEvents.nanos(now))
            .build();
    tasks.put(task, model.with(state).with(new Phase.BackingOff(now.plus(after))));
  }

  private void die(String task, boolean failed) {
    TaskModel model = tasks.get(task);
    TaskState state =
        model.state().toBuilder()
            .setState("dead")
            .setFailed(failed || model.failed())
            .setFinishedAt(TaskEvents.nanos(now))
            .build();
    tasks.put(task, model.with(state).with(new Phase.Dead()).withoutStop());
  }

  /** Brings every task to where it should be, until nothing moves any more. */
  private void settle() {
    Map<String, TaskModel> before;
    do {
      before = Map.copyOf(tasks);
      endIfDue();
      startIfDue();
      stopIfDue();
    } while (!before.equals(tasks));
  }

  private void endIfDue() {
    List<TaskSpec> live =
        tasksThat(task -> task.hook() != Hook.POSTSTOP && !tasks.get(task.name()).dead());
    Optional<TaskSpec> failed =
        first(task -> task.hook() != Hook.POSTSTOP && tasks.get(task.name()).failed());
    boolean leaderDead = first(task -> task.leader() && tasks.get(task.name()).dead()).isPresent();
    boolean mainDead =
        mainDead() && live.stream().allMatch(task -> task.sidecar() || neverStarted(task));
    if (!stopping && failed.isEmpty() && !leaderDead && !mainDead) {
      return;
    }
    Optional<TaskEvent> cause =
        stopping
            ? Optional.empty()
            : Optional.of(
                failed
                    .map(task -> TaskEvents.siblingFailed(now, task.name()))
                    .orElseGet(
                        () -> leaderDead ? TaskEvents.leaderDead(now) : TaskEvents.mainDead(now)));
    for (TaskSpec task : nextToEnd(live)) {
      if (tasks.get(task.name()).stop().isEmpty()) {
        cause.ifPresent(event -> emit(task.name(), event));
        end(task);
      }
    }
  }

  /** Leaders go first, sidecars last. */
  private List<TaskSpec> nextToEnd(List<TaskSpec> live) {
    List<TaskSpec> leaders = live.stream().filter(TaskSpec::leader).toList();
    if (!leaders.isEmpty()) {
      return leaders;
    }
    List<TaskSpec> others = live.stream().filter(task -> !task.sidecar()).toList();
    return others.isEmpty() ? live : others;
  }

  private void end(TaskSpec task) {
    TaskModel model = tasks.get(task.name());
    emit(task.name(), TaskEvents.killing(now, task.killTimeout()));
    if (!model.running() && !(model.phase() instanceof Phase.Starting)) {
      emit(task.name(), TaskEvents.killed(now));
      die(task.name(), false);
      return;
    }
    boolean delayed = !task.shutdownDelay().isZero() && !withoutDelay;
    if (delayed) {
      emit(task.name(), TaskEvents.shutdownDelay(now, task.shutdownDelay()));
    }
    Instant signalAt = delayed ? now.plus(task.shutdownDelay()) : now;
    Stop stop = new Stop(signalAt, false, signalAt.plus(task.killTimeout()), false);
    tasks.put(task.name(), tasks.get(task.name()).with(stop));
  }

  private void startIfDue() {
    for (TaskSpec task : spec.tasks()) {
      TaskModel model = tasks.get(task.name());
      boolean due =
          switch (model.phase()) {
            case Phase.Waiting() -> itsTurn(task);
            case Phase.BackingOff(Instant until) -> !until.isAfter(now);
            case Phase.Starting(), Phase.Running(), Phase.Dead() -> false;
          };
      if (due) {
        TaskModel next = model.nextRun();
        tasks.put(task.name(), next);
        effects.add(new Effect.Start(task.name(), next.run()));
      }
    }
    if (allDeadBut(Hook.POSTSTOP) && !anyStarted()) {
      tasksThat(task -> !tasks.get(task.name()).dead() && neverStarted(task))
          .forEach(task -> die(task.name(), false));
    }
  }

  private boolean itsTurn(TaskSpec task) {
    return switch (task.hook()) {
      case PRESTART -> true;
      case MAIN ->
          tasksThat(other -> other.hook() == Hook.PRESTART).stream().allMatch(this::madeWay);
      case POSTSTART ->
          tasksThat(other -> other.hook() == Hook.MAIN).stream()
              .allMatch(other -> tasks.get(other.name()).everStarted());
      case POSTSTOP -> allDeadBut(Hook.POSTSTOP) && anyStarted();
    };
  }

  private boolean madeWay(TaskSpec prestart) {
    TaskModel model = tasks.get(prestart.name());
    return prestart.sidecar() ? model.running() : model.dead() && !model.failed();
  }

  private void stopIfDue() {
    for (TaskSpec task : spec.tasks()) {
      TaskModel model = tasks.get(task.name());
      if (!model.running() || model.stop().isEmpty()) {
        continue;
      }
      Stop stop = model.stop().get();
      if (!stop.signaled() && (withoutDelay || !stop.signalAt().isAfter(now))) {
        effects.add(new Effect.Signal(task.name(), model.run(), task.killSignal()));
        tasks.put(
            task.name(),
            model.with(new Stop(stop.signalAt(), true, now.plus(task.killTimeout()), false)));
      } else if (stop.signaled() && !stop.forced() && !stop.forceAt().isAfter(now)) {
        effects.add(new Effect.Kill(task.name(), model.run()));
        tasks.put(task.name(), model.with(new Stop(stop.signalAt(), true, stop.forceAt(), true)));
      }
    }
  }

  private boolean mainDead() {
    return tasksThat(task -> task.hook() == Hook.MAIN).stream()
        .allMatch(task -> tasks.get(task.name()).dead());
  }

  private boolean allDeadBut(Hook hook) {
    return tasksThat(task -> task.hook() != hook).stream()
        .allMatch(task -> tasks.get(task.name()).dead());
  }

  private boolean anyStarted() {
    return tasks.values().stream().anyMatch(TaskModel::everStarted);
  }

  private boolean neverStarted(TaskSpec task) {
    return tasks.get(task.name()).phase() instanceof Phase.Waiting;
  }

  private List<TaskSpec> tasksThat(Predicate<TaskSpec> wanted) {
    return spec.tasks().stream().filter(wanted).toList();
  }

  private Optional<TaskSpec> first(Predicate<TaskSpec> wanted) {
    return spec.tasks().stream().filter(wanted).findFirst();
  }

  private TaskSpec spec(String task) {
    return first(candidate -> candidate.name().equals(task)).orElseThrow();
  }

  private void emit(String task, TaskEvent event) {
    TaskModel model = tasks.get(task);
    tasks.put(task, model.with(TaskEvents.append(model.state(), event)));
  }
}
