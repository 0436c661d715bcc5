package io.steppe.agent.driver;

import io.steppe.agent.cgroup.Cgroups;
import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a command in namespaces, a group with limits and a root of its own. Settings: {@code
 * command}, {@code args}, {@code work_dir}, {@code cap_add}, {@code cap_drop}, {@code pid_mode},
 * {@code ipc_mode}, {@code cpu_hard_limit}, {@code pids_limit}.
 */
final class Exec implements Launcher {
  private final ExecSettings settings;
  private final Cgroups cgroups;

  Exec(ExecSettings settings, Cgroups cgroups) {
    this.settings = settings;
    this.cgroups = cgroups;
  }

  @Override
  public String name() {
    return "exec";
  }

  @Override
  public Isolation isolation() {
    return Isolation.CHROOT;
  }

  @Override
  public DriverFingerprint fingerprint() {
    Optional<String> hindrance = Namespaces.hindrance().or(cgroups::unusable);
    return hindrance
        .map(DriverFingerprint::undetected)
        .orElseGet(() -> DriverFingerprint.healthy(name(), Map.of()));
  }

  @Override
  public boolean grouped(TaskRun run) {
    return true;
  }

  @Override
  public Launch launch(TaskRun run, List<Path> entrances) throws StartFailure {
    String command = run.config().text("command");
    if (command.isEmpty()) {
      throw new StartFailure("missing required argument: \"command\"", false);
    }
    Optional<String> hindrance = Namespaces.hindrance().or(cgroups::unusable);
    if (hindrance.isPresent()) {
      throw new StartFailure("failed to launch command: " + hindrance.get(), false);
    }
    Chroot chroot = Chroot.of(run, settings.chroot());
    List<String> line = new ArrayList<>();
    line.add(
        chroot
            .find(command, run.environment().get("PATH"))
            .orElseThrow(
                () ->
                    new StartFailure(
                        "failed to launch command: file "
                            + command
                            + " not found under path "
                            + chroot.root(),
                        false))
            .toString());
    line.addAll(run.config().texts("args"));
    return new IsolatedRun(run, settings, chroot).launch(line, entrances);
  }

  @Override
  public ExecPlace beside(TaskRun run, ProcStat task) throws IOException {
    return new IsolatedRun(run, settings, Chroot.of(run, settings.chroot())).beside(task);
  }
}
