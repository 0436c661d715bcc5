package io.steppe.agent.alloc;

import io.steppe.agent.log.TaskLogs;
import io.steppe.agent.task.TaskFolders;
import io.steppe.proto.v1.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/** The output of an allocation's tasks. What can't be copied now stays in the spool. */
final class GroupLogs {
  private static final Logger LOG = Logger.getLogger(GroupLogs.class);

  private final String allocation;
  private final Surroundings around;
  private final Map<String, TaskLogs> byTask = new HashMap<>();

  GroupLogs(String allocation, Surroundings around) {
    this.allocation = allocation;
    this.around = around;
  }

  /** Begins to carry a task's output, unless that is under way or nobody wants it. */
  void open(String task, LogConfig config, Path home, Path root) throws IOException {
    if (!config.getDisabled() && !byTask.containsKey(task)) {
      Path folder = TaskFolders.of(root, task).logs();
      byTask.put(task, new TaskLogs(task, config, home, folder, around.watch(), around.executor()));
    }
  }

  /** Copies all that a task wrote until now. */
  void drain(String task) {
    attempt(task, byTask.get(task), TaskLogs::drain);
  }

  /** A task will not write again. */
  void finish(String task) {
    attempt(task, byTask.remove(task), TaskLogs::finish);
  }

  /** Leaves all output where it is. */
  void close() {
    byTask.forEach((task, logs) -> attempt(task, logs, TaskLogs::close));
    byTask.clear();
  }

  private interface Work {
    void on(TaskLogs logs) throws IOException;
  }

  private void attempt(String task, TaskLogs logs, Work work) {
    if (logs == null) {
      return;
    }
    try {
      work.on(logs);
    } catch (IOException e) {
      LOG.errorf(
          e,
          "task %s of allocation %s: the rest of its output stays in the spool",
          task,
          allocation);
    }
  }
}
