package io.steppe.alloc.job;

import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a registration leaves as it is, because somebody else sets it: an autoscaler, an operator.
 *
 * @param counts of groups that were there before
 * @param resources of tasks that were there before
 */
record Kept(boolean counts, boolean resources) {
  /** A registration that says it all. */
  static final Kept NOTHING = new Kept(false, false);

  /** The wanted job with what is kept of the present one. */
  Job of(Job present, Job wanted) {
    if (!counts && !resources) {
      return wanted;
    }
    var groups = byName(present.getTaskGroupsList(), TaskGroup::getName);
    var job = wanted.toBuilder();
    job.getTaskGroupsBuilderList()
        .forEach(
            group -> {
              var before = groups.get(group.getName());
              if (before != null) {
                keep(before, group);
              }
            });
    return job.build();
  }

  private void keep(TaskGroup before, TaskGroup.Builder group) {
    if (counts) {
      group.setCount(before.getCount());
    }
    if (resources) {
      Map<String, Resources> given =
          before.getTasksList().stream()
              .collect(Collectors.toMap(Task::getName, Task::getResources, (one, two) -> one));
      group
          .getTasksBuilderList()
          .forEach(
              task -> task.setResources(given.getOrDefault(task.getName(), task.getResources())));
    }
  }

  private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
    return all.stream().collect(Collectors.toMap(name, Function.identity(), (one, two) -> one));
  }
}
