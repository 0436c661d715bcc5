package io.steppe.alloc.job;

import io.steppe.json.Json;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.util.Optional;

/** A task's driver configuration that is only spelled in another way is no change of the job. */
final class Respelled {
  private Respelled() {}

  /** The wanted job, with the present spelling of what says the same. */
  static Job of(Job present, Job wanted) {
    var job = wanted.toBuilder();
    for (var group : job.getTaskGroupsBuilderList()) {
      for (var task : group.getTasksBuilderList()) {
        task(present, group.getName(), task.getName())
            .map(Task::getConfig)
            .filter(config -> Json.same(config, task.getConfig()))
            .ifPresent(task::setConfig);
      }
    }
    return job.build();
  }

  private static Optional<Task> task(Job job, String group, String name) {
    return job.getTaskGroupsList().stream()
        .filter(each -> each.getName().equals(group))
        .map(TaskGroup::getTasksList)
        .flatMap(tasks -> tasks.stream().filter(task -> task.getName().equals(name)))
        .findFirst();
  }
}
