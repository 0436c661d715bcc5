package io.steppe.agent.driver;

import io.steppe.agent.cgroup.CgroupLimits;
import io.steppe.agent.driver.Launcher.Launch;
import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A run in namespaces and a root of its own. A shell, first process of the new namespaces, mounts
 * the root; its child enters the group, makes the root its own, gives up its rights and becomes the
 * command. The shell stays, so that the command is not process 1, which signals don't reach.
 */
final class IsolatedRun {
  private static final List<String> INSIDE = List.of("setpriv", "umount");

  private final TaskRun run;
  private final ExecSettings settings;
  private final Chroot chroot;

  IsolatedRun(TaskRun run, ExecSettings settings, Chroot chroot) {
    this.run = run;
    this.settings = settings;
    this.chroot = chroot;
  }

  /** The launch of a command, given as the task sees it. */
  Launch launch(List<String> command, List<Path> entrances) throws StartFailure {
    Users.Identity user = user();
    Capabilities capabilities = capabilities();
    String pidMode = mode("pid_mode");
    String ipcMode = mode("ipc_mode");
    for (String tool : INSIDE) {
      if (Commands.executable(chroot.outside(Path.of(Supervisor.tool(tool)))).isEmpty()) {
        throw new StartFailure(
            "failed to launch command: the chroot has no " + Supervisor.tool(tool), false);
      }
    }
    chroot.make();
    giveSecrets(user);
    List<String> line = new ArrayList<>();
    line.addAll(List.of(Supervisor.tool("unshare"), "--mount", "--fork", "--kill-child"));
    if (pidMode.equals("private")) {
      line.add("--pid");
    }
    if (ipcMode.equals("private")) {
      line.add("--ipc");
    }
    line.addAll(List.of("/bin/sh", "-c", outer(entrances), "sh"));
    line.addAll(becoming(user, capabilities));
    line.addAll(command);
    return new Launch(line, Path.of("/"), limits(), true);
  }

  /** What the first process of the namespaces does; its arguments are the command. */
  private String outer(List<Path> entrances) {
    String trouble = Supervisor.troubleFile(run.home(), run.number()).toString();
    return "set -e\nexec 3>&2 2>"
        + Shell.quoted(trouble)
        + "\n"
        + chroot.mountScript()
        + "set +e\n"
        + Shell.quoted(Supervisor.tool("setsid"))
        + " /bin/sh -c "
        + Shell.quoted(inner(entrances))
        + " sh \"$@\"\nexit $?\n";
  }

  /** /proc is still the machine's when the process looks up who it is there. */
  private String inner(List<Path> entrances) {
    var script = new StringBuilder("set -e\n");
    entrances.forEach(
        entrance ->
            script.append("echo 0 >").append(Shell.quoted(entrance.toString())).append('\n'));
    String workDir = run.config().text("work_dir");
    return script
        .append("read -r steppe_stat </proc/self/stat\nexec 4>")
        .append(Shell.quoted(run.home().resolve("task." + run.number()).toString()))
        .append("\ncd ")
        .append(Shell.quoted(chroot.root().toString()))
        .append('\n')
        .append(Shell.quoted(Supervisor.tool("pivot_root")))
        .append(" . .\n")
        .append(Shell.quoted(Supervisor.tool("umount")))
        .append(" -l .\ncd ")
        .append(Shell.quoted(workDir.isEmpty() ? "/" : workDir))
        .append("\necho \"$steppe_stat\" >&4\nunset steppe_stat\nexec \"$@\" 2>&3 3>&- 4>&-\n")
        .toString();
  }

  private static List<String> becoming(Users.Identity user, Capabilities capabilities) {
    List<String> line = new ArrayList<>();
    line.add(Supervisor.tool("setpriv"));
    line.addAll(capabilities.arguments());
    line.addAll(List.of("--reuid", user.uid(), "--regid", user.gid()));
    line.addAll(List.of("--groups", String.join(",", user.groups()), "--"));
    return line;
  }

  private Users.Identity user() throws StartFailure {
    String name = run.user().isEmpty() ? settings.user() : run.user();
    Users.Identity identity = Users.identity(name);
    boolean root = identity.uid().equals("0") && settings.deniedUsers().contains("root");
    if (root || settings.deniedUsers().contains(name)) {
      throw new StartFailure("running as user \"" + name + "\" is disallowed", false);
    }
    return identity;
  }

  private Capabilities capabilities() throws StartFailure {
    return Capabilities.of(
        settings.allowedCapabilities(),
        run.config().texts("cap_add"),
        run.config().texts("cap_drop"));
  }

  private String mode(String key) throws StartFailure {
    String mode = run.config().text(key);
    if (!List.of("", "private", "host").contains(mode)) {
      throw new StartFailure(key + " must be \"private\" or \"host\", got \"" + mode + "\"", false);
    }
    return mode.isEmpty() ? "private" : mode;
  }

  private CgroupLimits limits() {
    TaskResources resources = run.resources();
    boolean hard = run.config().flag("cpu_hard_limit");
    return new CgroupLimits(
        resources.cpuShares(),
        hard ? resources.processors() : 0,
        resources.memoryLimit(),
        resources.memoryMaxMb() > resources.memoryMb() ? resources.memoryMb() << 20 : 0,
        run.config().number("pids_limit", settings.pids()),
        resources.cores());
  }

  private void giveSecrets(Users.Identity user) throws StartFailure {
    try {
      Path secrets = run.folders().secrets();
      if (!Files.isSymbolicLink(secrets)) {
        Files.setAttribute(secrets, "unix:uid", Integer.parseInt(user.uid()));
      }
    } catch (IOException | NumberFormatException e) {
      throw new StartFailure("failed to give the task its secrets: " + e.getMessage(), true);
    }
  }

  /** Where a command is run beside the run. */
  ExecPlace beside(ProcStat task) throws IOException {
    try {
      List<String> prefix = new ArrayList<>();
      prefix.addAll(
          List.of(
              Supervisor.tool("nsenter"),
              "--target",
              String.valueOf(task.pid()),
              "--mount",
              "--ipc",
              "--pid",
              "--"));
      prefix.addAll(becoming(user(), capabilities()));
      return new ExecPlace.OfMachine(prefix, Path.of("/"), Map.copyOf(run.environment()));
    } catch (StartFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
