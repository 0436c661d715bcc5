package io.steppe.agent.driver;

import io.steppe.agent.cgroup.CgroupLimits;
import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What is particular to a driver whose runs are processes of this machine. */
interface Launcher {
  /**
   * How a run is launched.
   *
   * @param command with all that stands before it
   * @param directory where it begins
   * @param limits of the run's group
   * @param isolated whether the command builds its own surroundings and writes {@code task.N} and
   *     enters the group by itself once they stand
   */
  record Launch(List<String> command, Path directory, CgroupLimits limits, boolean isolated) {}

  String name();

  Isolation isolation();

  DriverFingerprint fingerprint();

  /** Whether the run gets a control group where there are any. */
  boolean grouped(TaskRun run);

  /**
   * @param entrances files of the group that an isolated command is to enter
   */
  Launch launch(TaskRun run, List<Path> entrances) throws StartFailure;

  /**
   * Where a command is run beside a run.
   *
   * @param task the run's first process
   */
  ExecPlace beside(TaskRun run, ProcStat task) throws IOException;
}
