package io.steppe.agent.alloc;

import io.steppe.agent.alloc.AllocModel.Phase;
import io.steppe.agent.alloc.AllocModel.Stop;
import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.alloc.AllocModel.Then;
import io.steppe.agent.alloc.GroupSpec.Hook;
import io.steppe.agent.alloc.GroupSpec.TaskSpec;
import io.steppe.agent.task.TaskEvents;
import io.steppe.proto.v1.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What becomes of tasks when an operator, a check or a schedule wants something of them. */
final class Orders {
  private final GroupSpec spec;
  private final Draft draft;
  private final Instant now;

  Orders(GroupSpec spec, Draft draft, Instant now) {
    this.spec = spec;
    this.draft = draft;
    this.now = now;
  }

  void restart(String task, String reason) {
    for (TaskSpec one : running(task)) {
      draft.emit(one.name(), TaskEvents.restartSignaled(now, reason));
      go(one, Then.AGAIN);
    }
  }

  void restartAll(String reason) {
    for (TaskSpec one : draft.tasksThat(task -> task.hook() != Hook.POSTSTOP)) {
      TaskModel model = draft.task(one.name());
      draft.emit(one.name(), TaskEvents.restartSignaled(now, reason));
      if (model.running() || model.phase() instanceof Phase.Starting) {
        go(one, Then.AFRESH);
      } else {
        toItsTurn(one.name());
      }
    }
  }

  void unhealthy(String task, String reason) {
    for (TaskSpec one : running(task)) {
      draft.emit(one.name(), TaskEvents.restartSignaled(now, reason));
      go(one, Then.BY_POLICY);
    }
  }

  void signal(String task, String signal) {
    for (TaskSpec one : running(task)) {
      draft.emit(one.name(), TaskEvents.signaling(now, signal));
      draft.perform(new Effect.Signal(one.name(), draft.task(one.name()).run(), signal));
    }
  }

  void pause(String name, String paused) {
    TaskModel model = draft.task(name);
    boolean held = Paused.holds(model.state());
    boolean hold = Paused.holds(paused);
    draft.put(name, model.with(model.state().toBuilder().setPaused(paused).build()));
    if (held != hold) {
      draft.emit(name, hold ? TaskEvents.pausing(now) : TaskEvents.resuming(now));
    }
    if (hold && (model.running() || model.phase() instanceof Phase.Starting)) {
      go(draft.spec(name), Then.PAUSE);
    }
  }

  /** A task that was told to go, but not for good, is gone. */
  void gone(String name, Then then) {
    switch (then) {
      case AGAIN -> again(name);
      case AFRESH -> toItsTurn(name);
      case PAUSE -> waitToRun(name);
      case END, BY_POLICY -> throw new IllegalArgumentException("not for good: " + then);
    }
  }

  private void again(String name) {
    draft.emit(name, TaskEvents.restarting(now, Duration.ZERO, ""));
    TaskModel model = draft.task(name);
    TaskState state =
        model.state().toBuilder()
            .setRestarts(model.state().getRestarts() + 1)
            .setLastRestart(TaskEvents.nanos(now))
            .build();
    draft.put(name, model.with(state));
    waitToRun(name);
  }

  private void waitToRun(String name) {
    TaskModel model = draft.task(name);
    TaskState state = model.state().toBuilder().setState("pending").build();
    draft.put(name, model.with(state).with(new Phase.BackingOff(now)).withoutStop());
  }

  private void toItsTurn(String name) {
    TaskModel model = draft.task(name);
    TaskState.Builder state = model.state().toBuilder().setState("pending").clearFinishedAt();
    if (model.everStarted()) {
      state.setRestarts(state.getRestarts() + 1).setLastRestart(TaskEvents.nanos(now));
    }
    draft.put(name, model.with(state.build()).with(new Phase.Waiting()).withoutStop());
  }

  /** Tells a task to go; one that goes already goes on with that. */
  private void go(TaskSpec task, Then then) {
    TaskModel model = draft.task(task.name());
    if (model.ending()) {
      return;
    }
    Stop stop =
        model
            .stop()
            .map(present -> present.then() == Then.AFRESH ? present : present.then(then))
            .orElseGet(() -> new Stop(now, false, now.plus(task.killTimeout()), false, then));
    draft.put(task.name(), model.with(stop));
  }

  private List<TaskSpec> running(String task) {
    return spec.tasks().stream()
        .filter(one -> task.isEmpty() || one.name().equals(task))
        .filter(one -> draft.task(one.name()).running() && !draft.task(one.name()).ending())
        .toList();
  }
}
