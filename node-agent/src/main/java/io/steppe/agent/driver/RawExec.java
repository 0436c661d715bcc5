package io.steppe.agent.driver;

import io.steppe.agent.cgroup.CgroupLimits;
import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs a command of the machine as it is, in a group that is accounted for and killed as a whole
 * where the machine allows that. Settings: {@code command}, {@code args}, {@code work_dir}, {@code
 * no_cgroups}.
 */
final class RawExec implements Launcher {
  @Override
  public String name() {
    return "raw_exec";
  }

  @Override
  public Isolation isolation() {
    return Isolation.NONE;
  }

  @Override
  public DriverFingerprint fingerprint() {
    return DriverFingerprint.healthy(name(), Map.of());
  }

  @Override
  public boolean grouped(TaskRun run) {
    return !run.config().flag("no_cgroups");
  }

  @Override
  public Launch launch(TaskRun run, List<Path> entrances) throws StartFailure {
    if (!run.mounts().isEmpty()) {
      throw new StartFailure(
          "task driver \"raw_exec\" for \"" + run.task() + "\" does not support host volumes",
          false);
    }
    String command = run.config().text("command");
    if (command.isEmpty()) {
      throw new StartFailure("missing required argument: \"command\"", false);
    }
    String searchPath = run.environment().get("PATH");
    Path file =
        Commands.find(command, run.directory(), searchPath)
            .orElseThrow(
                () ->
                    new StartFailure(
                        "failed to launch command: file "
                            + command
                            + " not found under path "
                            + run.directory(),
                        false));
    List<String> line = new ArrayList<>(Users.prefix(run.user()));
    line.add(file.toString());
    line.addAll(run.config().texts("args"));
    return new Launch(line, directory(run), CgroupLimits.NONE, false);
  }

  private static Path directory(TaskRun run) throws StartFailure {
    String wanted = run.config().text("work_dir");
    if (wanted.isEmpty()) {
      return run.directory();
    }
    Path directory = run.directory().resolve(wanted);
    if (!Files.isDirectory(directory)) {
      throw new StartFailure("failed to launch command: no folder " + directory, false);
    }
    return directory;
  }

  @Override
  public ExecPlace beside(TaskRun run, ProcStat task) throws IOException {
    try {
      return new ExecPlace.OfMachine(
          Users.prefix(run.user()), directory(run), Map.copyOf(run.environment()));
    } catch (StartFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
