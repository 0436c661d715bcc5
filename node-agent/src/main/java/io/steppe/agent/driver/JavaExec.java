package io.steppe.agent.driver;

import io.steppe.agent.cgroup.Cgroups;
import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.task.DriverConfig;
import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a jar or a class with the machine's Java, isolated like {@code exec}. Settings: {@code
 * jar_path}, or {@code class} with {@code class_path}; {@code jvm_options}, {@code args} and those
 * of {@code exec} but its command.
 */
final class JavaExec implements Launcher {
  private final ExecSettings settings;
  private final Cgroups cgroups;
  private final Jvm.Finder jvms;

  JavaExec(ExecSettings settings, Cgroups cgroups) {
    this.settings = settings;
    this.cgroups = cgroups;
    this.jvms = new Jvm.Finder(settings.java());
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public Isolation isolation() {
    return Isolation.CHROOT;
  }

  @Override
  public boolean grouped(TaskRun run) {
    return true;
  }

  @Override
  public DriverFingerprint fingerprint() {
    Optional<String> hindrance = Namespaces.hindrance().or(cgroups::unusable);
    if (hindrance.isPresent()) {
      return DriverFingerprint.undetected(hindrance.get());
    }
    return jvms.find()
        .map(
            jvm ->
                DriverFingerprint.healthy(
                    name(),
                    Map.of(
                        "driver.java.version", jvm.version(),
                        "driver.java.runtime", jvm.runtime(),
                        "driver.java.vm", jvm.vm())))
        .orElseGet(() -> DriverFingerprint.undetected("the machine has no java that answers"));
  }

  @Override
  public Launch launch(TaskRun run, List<Path> entrances) throws StartFailure {
    Optional<String> hindrance = Namespaces.hindrance().or(cgroups::unusable);
    if (hindrance.isPresent()) {
      throw new StartFailure("failed to launch command: " + hindrance.get(), false);
    }
    Jvm jvm =
        jvms.find()
            .orElseThrow(() -> new StartFailure("failed to find java on this machine", true));
    List<String> line = new ArrayList<>(List.of(jvm.command().toString()));
    line.addAll(arguments(run.config()));
    return new IsolatedRun(run, settings, chroot(run).with(jvm.home())).launch(line, entrances);
  }

  /** What stands after the command. */
  static List<String> arguments(DriverConfig config) throws StartFailure {
    String jar = config.text("jar_path");
    String main = config.text("class");
    if (jar.isEmpty() && main.isEmpty()) {
      throw new StartFailure("jar_path or class must be specified", false);
    }
    List<String> line = new ArrayList<>(config.texts("jvm_options"));
    if (!config.text("class_path").isEmpty()) {
      line.addAll(List.of("-cp", config.text("class_path")));
    }
    line.addAll(jar.isEmpty() ? List.of(main) : List.of("-jar", jar));
    line.addAll(config.texts("args"));
    return line;
  }

  private Chroot chroot(TaskRun run) {
    return Chroot.of(run, settings.chroot());
  }

  @Override
  public ExecPlace beside(TaskRun run, ProcStat task) throws IOException {
    return new IsolatedRun(run, settings, chroot(run)).beside(task);
  }
}
