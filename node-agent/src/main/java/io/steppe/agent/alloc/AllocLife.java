package io.steppe.agent.alloc;

import io.steppe.agent.alloc.AllocModel.Health;
import io.steppe.agent.alloc.AllocModel.Phase;
import io.steppe.agent.alloc.AllocModel.Stop;
import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.alloc.AllocModel.Then;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

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
  private final Draft draft;
  private boolean prepared;
  private boolean stopping;
  private boolean withoutDelay;
  private Optional<Instant> passing;

  private AllocLife(GroupSpec spec, AllocModel before, Instant now, DoubleSupplier random) {
    this.spec = spec;
    this.now = now;
    this.random = random;
    this.draft = new Draft(spec, before.tasks(), now);
    this.prepared = before.prepared();
    this.stopping = before.stopping();
    this.withoutDelay = before.withoutDelay();
    this.passing = before.passing();
  }

  /**
   * Decides what follows an input.
   *
   * @param random in [0, 1), for the jitter of restarts
   */
  static Step step(
      GroupSpec spec, AllocModel before, Input input, Instant now, DoubleSupplier random) {
    var life = new AllocLife(spec, before, now, random);
    if (Refusals.of(spec, before, input).isEmpty()) {
      life.take(input);
    }
    if (life.prepared) {
      life.settle();
    }
    AllocModel after = life.model(before.health());
    Health health = AllocHealth.judge(spec, after, now);
    return new Step(
        new AllocModel(
            after.tasks(),
            after.prepared(),
            after.stopping(),
            after.withoutDelay(),
            after.passing(),
            health),
        life.draft.effects());
  }

  private AllocModel model(Health health) {
    return new AllocModel(draft.tasks(), prepared, stopping, withoutDelay, passing, health);
  }

  private void take(Input input) {
    switch (input) {
      case Input.Received() -> {
        for (TaskSpec task : spec.tasks()) {
          draft.emit(task.name(), TaskEvents.received(now));
          draft.emit(task.name(), TaskEvents.setup(now, "Building Task Directory"));
        }
        draft.perform(new Effect.Prepare());
      }
      case Input.Prepared() -> prepared = true;
      case Input.PrepareFailed(String error) ->
          spec.tasks().forEach(task -> prepareFailed(task.name(), error));
      case Input.DriverSaid(String task, int run, String message, Map<String, String> details)
          when alive(task, run) ->
          draft.emit(task, TaskEvents.driver(now, message, details));
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
      case Input.Restart(String task, String reason) -> orders().restart(task, reason);
      case Input.RestartAll(String reason) -> orders().restartAll(reason);
      case Input.Unhealthy(String task, int run, String reason) when alive(task, run) ->
          orders().unhealthy(task, reason);
      case Input.ChecksPass(boolean all) ->
          passing = all ? passing.or(() -> Optional.of(now)) : Optional.empty();
      case Input.Signal(String task, String signal) -> orders().signal(task, signal);
      case Input.Pause(String task, String paused) -> orders().pause(task, paused);
      case Input.Unhealthy _,
          Input.Started _,
          Input.DriverSaid _,
          Input.StartFailed _,
          Input.Exited _,
          Input.Lost _,
          Input.Look _ -> {
        // Of a run that is over already, or nothing but time.
      }
    }
  }

  private Orders orders() {
    return new Orders(spec, draft, now);
  }

  private boolean starting(String task, int run) {
    TaskModel model = draft.task(task);
    return model != null && model.run() == run && model.phase() instanceof Phase.Starting;
  }

  private boolean alive(String task, int run) {
    TaskModel model = draft.task(task);
    return model != null
        && model.run() == run
        && (model.running() || model.phase() instanceof Phase.Starting);
  }

  private void prepareFailed(String task, String error) {
    draft.emit(task, TaskEvents.setupFailure(now, error));
    draft.die(task, true);
  }

  private void started(String task) {
    draft.emit(task, TaskEvents.started(now));
    TaskModel model = draft.task(task);
    TaskState state =
        model.state().toBuilder().setState("running").setStartedAt(TaskEvents.nanos(now)).build();
    draft.put(task, model.with(state).with(new Phase.Running()));
  }

  private void startFailed(String task, String error, boolean recoverable) {
    draft.emit(task, TaskEvents.driverFailure(now, error));
    conclude(task, new Ending.StartFailed(recoverable));
  }

  private void exited(String task, Exit exit) {
    if (draft.task(task).phase() instanceof Phase.Starting) {
      started(task);
    }
    draft.emit(task, TaskEvents.terminated(now, exit));
    conclude(task, new Ending.Exited(exit));
  }

  private void lost(String task) {
    if (!left(task)) {
      TaskModel model = draft.task(task);
      TaskState state = model.state().toBuilder().setState("pending").build();
      draft.put(task, model.with(state).with(new Phase.BackingOff(now)).withoutStop());
    }
  }

  /** A task that was to go is gone; false when it was not to go, or its restart policy decides. */
  private boolean left(String task) {
    Optional<Then> then = draft.task(task).stop().map(Stop::then);
    if (then.isEmpty() || then.get() == Then.BY_POLICY) {
      return false;
    }
    switch (then.get()) {
      case END -> {
        draft.emit(task, TaskEvents.killed(now));
        draft.die(task, false);
      }
      case AGAIN, AFRESH, PAUSE, BY_POLICY -> orders().gone(task, then.get());
    }
    return true;
  }

  private void conclude(String task, Ending ending) {
    if (left(task)) {
      return;
    }
    TaskModel model = draft.task(task);
    RestartRule rule = draft.spec(task).restart();
    Ending judged = model.stop().isPresent() ? new Ending.StartFailed(true) : ending;
    Verdict verdict = rule.judge(model.count(), judged, now, random.getAsDouble());
    draft.put(task, model.counted(verdict.count()).withoutStop());
    switch (verdict) {
      case Verdict.Restart(Duration after, String reason, RestartRule.Count _) ->
          backOff(task, after, reason);
      case Verdict.Fail(String reason, RestartRule.Count _) -> {
        draft.emit(task, TaskEvents.notRestarting(now, reason));
        draft.die(task, true);
      }
      case Verdict.Finish(RestartRule.Count _) -> draft.die(task, false);
    }
  }

  private void backOff(String task, Duration after, String reason) {
    draft.emit(task, TaskEvents.restarting(now, after, reason));
    TaskModel model = draft.task(task);
    TaskState state =
        model.state().toBuilder()
            .setState("pending")
            .setRestarts(model.state().getRestarts() + 1)
            .setLastRestart(TaskEvents.nanos(now))
            .build();
    draft.put(task, model.with(state).with(new Phase.BackingOff(now.plus(after))));
  }

  /** Brings every task to where it should be, until nothing moves any more. */
  private void settle() {
    Map<String, TaskModel> before;
    do {
      before = Map.copyOf(draft.tasks());
      endIfDue();
      startIfDue();
      stopIfDue();
    } while (!before.equals(draft.tasks()));
  }

  private void endIfDue() {
    List<TaskSpec> live =
        draft.tasksThat(task -> task.hook() != Hook.POSTSTOP && !draft.task(task.name()).dead());
    Optional<TaskSpec> failed =
        draft.first(task -> task.hook() != Hook.POSTSTOP && draft.task(task.name()).failed());
    boolean leaderDead =
        draft.first(task -> task.leader() && draft.task(task.name()).dead()).isPresent();
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
      if (!draft.task(task.name()).ending()) {
        cause.ifPresent(event -> draft.emit(task.name(), event));
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
    TaskModel model = draft.task(task.name());
    draft.emit(task.name(), TaskEvents.killing(now, task.killTimeout()));
    if (!model.running() && !(model.phase() instanceof Phase.Starting)) {
      draft.emit(task.name(), TaskEvents.killed(now));
      draft.die(task.name(), false);
      return;
    }
    if (model.stop().filter(Stop::signaled).isPresent()) {
      draft.put(task.name(), draft.task(task.name()).with(model.stop().get().then(Then.END)));
      return;
    }
    boolean delayed = !task.shutdownDelay().isZero() && !withoutDelay;
    if (delayed) {
      draft.emit(task.name(), TaskEvents.shutdownDelay(now, task.shutdownDelay()));
    }
    Instant signalAt = delayed ? now.plus(task.shutdownDelay()) : now;
    Stop stop = new Stop(signalAt, false, signalAt.plus(task.killTimeout()), false, Then.END);
    draft.put(task.name(), draft.task(task.name()).with(stop));
  }

  private void startIfDue() {
    for (TaskSpec task : spec.tasks()) {
      TaskModel model = draft.task(task.name());
      boolean due =
          switch (model.phase()) {
            case Phase.Waiting() -> !beginningAfresh() && itsTurn(task);
            case Phase.BackingOff(Instant until) -> !until.isAfter(now);
            case Phase.Starting(), Phase.Running(), Phase.Dead() -> false;
          };
      if (due && !Paused.holds(model.state())) {
        TaskModel next = model.nextRun();
        draft.put(task.name(), next);
        draft.perform(new Effect.Start(task.name(), next.run()));
      }
    }
    if (allDeadBut(Hook.POSTSTOP) && !anyStarted()) {
      draft
          .tasksThat(task -> !draft.task(task.name()).dead() && neverStarted(task))
          .forEach(task -> draft.die(task.name(), false));
    }
  }

  private boolean itsTurn(TaskSpec task) {
    return switch (task.hook()) {
      case PRESTART -> true;
      case MAIN ->
          draft.tasksThat(other -> other.hook() == Hook.PRESTART).stream().allMatch(this::madeWay);
      case POSTSTART ->
          draft.tasksThat(other -> other.hook() == Hook.MAIN).stream()
              .allMatch(other -> draft.task(other.name()).begun());
      case POSTSTOP -> allDeadBut(Hook.POSTSTOP) && anyStarted();
    };
  }

  /** All tasks go before the first of them comes again. */
  private boolean beginningAfresh() {
    return draft.tasks().values().stream()
        .anyMatch(task -> task.stop().filter(stop -> stop.then() == Then.AFRESH).isPresent());
  }

  private boolean madeWay(TaskSpec prestart) {
    TaskModel model = draft.task(prestart.name());
    return prestart.sidecar() ? model.running() : model.dead() && !model.failed();
  }

  private void stopIfDue() {
    for (TaskSpec task : spec.tasks()) {
      TaskModel model = draft.task(task.name());
      if (!model.running() || model.stop().isEmpty()) {
        continue;
      }
      Stop stop = model.stop().get();
      if (!stop.signaled() && (withoutDelay || !stop.signalAt().isAfter(now))) {
        draft.perform(new Effect.Signal(task.name(), model.run(), task.killSignal()));
        draft.put(
            task.name(),
            model.with(
                new Stop(stop.signalAt(), true, now.plus(task.killTimeout()), false, stop.then())));
      } else if (stop.signaled() && !stop.forced() && !stop.forceAt().isAfter(now)) {
        draft.perform(new Effect.Kill(task.name(), model.run()));
        draft.put(
            task.name(),
            model.with(new Stop(stop.signalAt(), true, stop.forceAt(), true, stop.then())));
      }
    }
  }

  private boolean mainDead() {
    return draft.tasksThat(task -> task.hook() == Hook.MAIN).stream()
        .allMatch(task -> draft.task(task.name()).dead());
  }

  private boolean allDeadBut(Hook hook) {
    return draft.tasksThat(task -> task.hook() != hook).stream()
        .allMatch(task -> draft.task(task.name()).dead());
  }

  private boolean anyStarted() {
    return draft.tasks().values().stream().anyMatch(TaskModel::everStarted);
  }

  private boolean neverStarted(TaskSpec task) {
    return draft.task(task.name()).phase() instanceof Phase.Waiting;
  }
}
