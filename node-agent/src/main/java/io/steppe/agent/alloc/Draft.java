package io.steppe.agent.alloc;

import io.steppe.agent.alloc.AllocModel.Phase;
import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.alloc.GroupSpec.TaskSpec;
import io.steppe.agent.task.TaskEvents;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The tasks of an allocation while a step of its life is decided, and what is to be done. */
final class Draft {
  private final GroupSpec spec;
  private final Instant now;
  private final Map<String, TaskModel> tasks;
  private final List<Effect> effects = new ArrayList<>();

  Draft(GroupSpec spec, Map<String, TaskModel> before, Instant now) {
    this.spec = spec;
    this.now = now;
    this.tasks = new LinkedHashMap<>(before);
  }

  Map<String, TaskModel> tasks() {
    return tasks;
  }

  List<Effect> effects() {
    return effects;
  }

  /** Null for a task the group has not. */
  TaskModel task(String name) {
    return tasks.get(name);
  }

  void put(String name, TaskModel next) {
    tasks.put(name, next);
  }

  void perform(Effect effect) {
    effects.add(effect);
  }

  void emit(String name, TaskEvent event) {
    TaskModel model = tasks.get(name);
    tasks.put(name, model.with(TaskEvents.append(model.state(), event)));
  }

  /** A task is over. */
  void die(String name, boolean failed) {
    TaskModel model = tasks.get(name);
    TaskState state =
        model.state().toBuilder()
            .setState("dead")
            .setFailed(failed || model.failed())
            .setFinishedAt(TaskEvents.nanos(now))
            .build();
    tasks.put(name, model.with(state).with(new Phase.Dead()).withoutStop());
  }

  List<TaskSpec> tasksThat(Predicate<TaskSpec> wanted) {
    return spec.tasks().stream().filter(wanted).toList();
  }

  Optional<TaskSpec> first(Predicate<TaskSpec> wanted) {
    return spec.tasks().stream().filter(wanted).findFirst();
  }

  TaskSpec spec(String name) {
    return first(candidate -> candidate.name().equals(name)).orElseThrow();
  }
}
