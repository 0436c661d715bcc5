package io.steppe.agent.docker;

import io.steppe.agent.driver.ExecSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * What containers of this machine may do.
 *
 * @param socket where the engine listens
 * @param allowPrivileged whether jobs may ask for {@code privileged}
 * @param allowVolumes whether jobs may mount folders of the machine and named volumes
 * @param allowedCapabilities in lower case without prefix
 * @param pids processes and threads of a task, unless it says
 */
public record DockerSettings(
    Path socket,
    boolean allowPrivileged,
    boolean allowVolumes,
    Set<String> allowedCapabilities,
    int pids) {
  /** How long an image may take, unless a task says. */
  static final Duration PULL = Duration.ofMinutes(5);

  /** The settings of an agent that sets nothing. */
  public static DockerSettings defaults() {
    return new DockerSettings(
        Path.of("/var/run/docker.sock"),
        false,
        false,
        Set.of(ExecSettings.CAPABILITIES.split(",")),
        4096);
  }
}
