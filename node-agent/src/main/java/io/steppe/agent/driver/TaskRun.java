package io.steppe.agent.driver;

import io.steppe.agent.task.DriverConfig;
import io.steppe.agent.task.TaskFolders;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One run of a task: what a driver needs to know of it.
 *
 * @param number of the run, from 1
 * @param home a folder of the agent for this task: spools, pids, exit codes
 * @param folders of the task, as the agent has them
 * @param user to run as; empty for the agent's own
 * @param config with references replaced
 * @param resources what it was given of the node
 * @param mounts folders of the machine that the task sees beside its own
 * @param logged whether the output is kept
 * @param began when a run that is adopted was seen to start; {@link Instant#EPOCH} if it was not
 */
public record TaskRun(
    String allocation,
    String task,
    int number,
    Path home,
    TaskFolders folders,
    Map<String, String> environment,
    String user,
    DriverConfig config,
    TaskResources resources,
    List<Mount> mounts,
    boolean logged,
    Instant began) {

  /** Names the run. */
  public record Key(String allocation, String task, int number) {}

  /** Where the run begins. */
  public Path directory() {
    return folders.task();
  }

  public Key key() {
    return new Key(allocation, task, number);
  }
}
