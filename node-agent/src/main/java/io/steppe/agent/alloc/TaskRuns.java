package io.steppe.agent.alloc;

import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.driver.Isolation;
import io.steppe.agent.driver.TaskResources;
import io.steppe.agent.driver.TaskRun;
import io.steppe.agent.task.DriverConfig;
import io.steppe.agent.task.StartFailure;
import io.steppe.agent.task.TaskEnvironment;
import io.steppe.agent.task.TaskEvents;
import io.steppe.agent.task.TaskFolders;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells a driver what it needs to know of a run. */
final class TaskRuns {
  private TaskRuns() {}

  /**
   * @param identities variables that hold them
   * @param isolation how the driver shows the task its folders
   * @param root the allocation's folder
   * @param home the agent's own folder for the task
   */
  static TaskRun of(
      Allocation allocation,
      String name,
      TaskModel model,
      Path root,
      Path home,
      Isolation isolation,
      Map<String, String> identities,
      Surroundings around)
      throws StartFailure {
    Task task = GroupSpec.task(allocation, name);
    TaskFolders folders = TaskFolders.of(root, name);
    TaskEnvironment environment =
        TaskEnvironment.of(
            allocation,
            GroupSpec.group(allocation),
            task,
            isolation == Isolation.NONE ? folders : TaskFolders.inside(),
            around.node().get(),
            around.region(),
            isolation == Isolation.IMAGE ? Map.of() : around.environment());
    try {
      return new TaskRun(
          allocation.getId(),
          name,
          model.run(),
          home,
          folders,
          with(environment.variables(), identities),
          task.getUser(),
          DriverConfig.of(task.getConfig().toByteArray(), environment.interpolation()),
          TaskResources.of(allocation.getAllocatedResources(), name, around.node().get()),
          VolumeMounts.of(allocation, task, around.node().get()),
          !task.getLogConfig().getDisabled(),
          model.running() ? TaskEvents.instant(model.state().getStartedAt()) : Instant.EPOCH);
    } catch (IOException e) {
      throw new StartFailure("failed to decode driver config: " + e.getMessage(), false);
    }
  }

  private static Map<String, String> with(
      Map<String, String> variables, Map<String, String> identities) {
    Map<String, String> all = new LinkedHashMap<>(variables);
    all.putAll(identities);
    return all;
  }
}
