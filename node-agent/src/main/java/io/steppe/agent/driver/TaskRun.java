package io.steppe.agent.driver;

import io.steppe.agent.task.DriverConfig;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/**
 * One run of a task: what a driver needs to know of it.
 *
 * @param number of the run, from 1
 * @param home a folder of the agent for this task: spools, pids, exit codes
 * @param directory where the run begins
 * @param user to run as; empty for the agent's own
 * @param config with references replaced
 * @param logged whether the output is kept
 * @param began when a run that is adopted was seen to start; {@link Instant#EPOCH} if it was not
 */
public record TaskRun(
    String allocation,
    String task,
    int number,
    Path home,
    Path directory,
    Map<String, String> environment,
    String user,
    DriverConfig config,
    boolean logged,
    Instant began) {

  /** Names the run. */
  public record Key(String allocation, String task, int number) {}

  public Key key() {
    return new Key(allocation, task, number);
  }
}
