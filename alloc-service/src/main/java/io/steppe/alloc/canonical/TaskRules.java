package io.steppe.alloc.canonical;

import io.steppe.proto.v1.EphemeralDisk;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.Service;
import io.steppe.proto.v1.ServiceCheck;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.Template;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a task must be. */
final class TaskRules {
  private static final Set<String> HOOKS = Set.of("prestart", "poststart", "poststop");
  private static final Set<String> CHANGE_MODES = Set.of("noop", "signal", "restart", "script");
  private static final Set<String> CHECK_TYPES = Set.of("http", "tcp", "grpc", "script");

  /** More MHz or MiB than any machine has: sums stay far from what a number can hold. */
  private static final long MAX_AMOUNT = 1_000_000_000_000L;

  private static final int MAX_PIECES = 10_000;

  private TaskRules() {}

  static Problems task(Task task, EphemeralDisk disk, JobType type) {
    var problems = new Problems();
    problems.addIf(task.getName().isEmpty(), "Missing task name");
    problems.addIf(
        task.getName().contains("/") || task.getName().contains("\\"),
        "Task name cannot include slashes");
    problems.addIf(task.getName().indexOf('\0') >= 0, "Task name cannot include null character");
    problems.addIf(
        task.getName().equals(".") || task.getName().equals(".."), "Task name cannot be . or ..");
    problems.addIf(task.getDriver().isEmpty(), "Missing task driver");
    problems.addIf(task.getKillTimeout() < 0, "KillTimeout must be a positive value");
    problems.addIf(task.getShutdownDelay() < 0, "ShutdownDelay must be a positive value");
    problems.all(resources(task.getResources()));
    logs(task, disk, problems);
    ConstraintRules.constraints(task.getConstraintsList(), problems);
    notForPlacement(task, problems);
    if (!type.everywhere()) {
      ConstraintRules.affinities(task.getAffinitiesList(), problems);
    } else {
      problems.addIf(task.getAffinitiesCount() > 0, "System jobs may not have an affinity block");
    }
    if (task.hasLifecycle()) {
      String hook = task.getLifecycle().getHook();
      if (hook.isEmpty()) {
        problems.add("no lifecycle hook provided");
      } else {
        problems.addIf(!HOOKS.contains(hook), "invalid hook: " + hook);
      }
    }
    templates(task, problems);
    services(task.getServicesList(), problems);
    for (int i = 0; i < task.getArtifactsCount(); i++) {
      var artifact = task.getArtifacts(i);
      problems.addIf(
          artifact.getGetterSource().isEmpty(),
          "Artifact " + (i + 1) + " validation failed: source must be specified");
      problems.addIf(
          escapes(artifact.getRelativeDest()),
          "Artifact " + (i + 1) + " validation failed: destination escapes allocation directory");
    }
    if (task.hasDispatchPayload()) {
      problems.addIf(
          escapes(task.getDispatchPayload().getFile()),
          "Dispatch Payload validation failed: destination escapes allocation directory");
    }
    return problems;
  }

  private static void notForPlacement(Task task, Problems problems) {
    task.getConstraintsList().stream()
        .map(constraint -> constraint.getOperand())
        .filter(operand -> operand.equals("distinct_hosts") || operand.equals("distinct_property"))
        .forEach(
            operand ->
                problems.add(
                    "Constraint validation failed: "
                        + operand
                        + " can only be specified at task group or job level"));
  }

  static Problems resources(Resources resources) {
    var problems = new Problems();
    if (resources.getCores() > 0) {
      problems.addIf(
          resources.getCpu() > 0, "Task can only ask for 'cpu' or 'cores' resource, not both.");
    } else {
      problems.addIf(resources.getCpu() < 1, "minimum CPU value is 1; got " + resources.getCpu());
    }
    problems.addIf(
        resources.getCores() < 0, "minimum Cores value is 0; got " + resources.getCores());
    problems.addIf(
        resources.getMemoryMb() < 10,
        "minimum MemoryMB value is 10; got " + resources.getMemoryMb());
    problems.addIf(
        resources.getMemoryMaxMb() != 0 && resources.getMemoryMaxMb() < resources.getMemoryMb(),
        "MemoryMaxMB value ("
            + resources.getMemoryMaxMb()
            + ") should be larger than MemoryMB value ("
            + resources.getMemoryMb()
            + ")");
    atMost("CPU", resources.getCpu(), MAX_AMOUNT, problems);
    atMost("MemoryMB", resources.getMemoryMb(), MAX_AMOUNT, problems);
    atMost("MemoryMaxMB", resources.getMemoryMaxMb(), MAX_AMOUNT, problems);
    atMost("Cores", resources.getCores(), MAX_PIECES, problems);
    resources
        .getDevicesList()
        .forEach(
            device -> {
              boolean possible = device.getCount() >= 0 && device.getCount() <= MAX_PIECES;
              problems.addIf(!possible, "device count must be between 1 and " + MAX_PIECES);
            });
    resources
        .getDevicesList()
        .forEach(
            device ->
                problems.addIf(
                    device.getName().isEmpty(),
                    "device name must be given as one of the following: type, vendor/type, or vendor/type/name"));
    return problems;
  }

  static void atMost(String what, long amount, long most, Problems problems) {
    problems.addIf(amount > most, "maximum " + what + " value is " + most + "; got " + amount);
  }

  private static void logs(Task task, EphemeralDisk disk, Problems problems) {
    var logs = task.getLogConfig();
    if (logs.getDisabled()) {
      return;
    }
    problems.addIf(
        logs.getMaxFiles() < 1, "minimum number of files is 1; got " + logs.getMaxFiles());
    problems.addIf(
        logs.getMaxFileSizeMb() < 1, "minimum file size is 1MB; got " + logs.getMaxFileSizeMb());
    // Both streams are kept, but each file may be smaller: the product is what was always compared.
    long usage = saturated(logs.getMaxFiles(), logs.getMaxFileSizeMb());
    problems.addIf(
        disk.getSizeMb() <= usage,
        "log storage ("
            + usage
            + " MB) must be less than requested disk capacity ("
            + disk.getSizeMb()
            + " MB)");
  }

  private static long saturated(long files, long size) {
    return size != 0 && Math.abs(files) > MAX_AMOUNT / Math.abs(size) ? MAX_AMOUNT : files * size;
  }

  private static void templates(Task task, Problems problems) {
    Set<String> destinations = new HashSet<>();
    for (int i = 0; i < task.getTemplatesCount(); i++) {
      Template template = task.getTemplates(i);
      var own = new Problems();
      own.addIf(
          template.getSourcePath().isEmpty() && template.getEmbeddedTmpl().isEmpty(),
          "Must specify a source path or have an embedded template");
      own.addIf(
          !template.getSourcePath().isEmpty() && !template.getEmbeddedTmpl().isEmpty(),
          "Must specify either a source path or have an embedded template, not both");
      own.addIf(template.getDestPath().isEmpty(), "Must specify a destination for the template");
      own.addIf(escapes(template.getDestPath()), "destination escapes allocation directory");
      own.addIf(
          !CHANGE_MODES.contains(template.getChangeMode()),
          "Invalid change mode given: \"" + template.getChangeMode() + "\"");
      own.addIf(
          template.getChangeMode().equals("signal") && template.getChangeSignal().isEmpty(),
          "Must specify signal value when change mode is signal");
      own.addIf(template.getSplay() < 0, "Must specify positive splay value");
      problems.within("Template " + (i + 1), own);
      problems.addIf(
          !destinations.add(template.getDestPath()),
          "Template " + (i + 1) + " has same destination as another: " + template.getDestPath());
    }
  }

  static void services(List<Service> services, Problems problems) {
    for (Service service : services) {
      var own = new Problems();
      String name = service.getName();
      boolean interpolated = name.contains("${");
      own.addIf(
          !interpolated && !name.matches("[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"),
          "Service name must be valid per RFC 1123 and can contain only alphanumeric characters or dashes and must be no"
              + " longer than 63 characters");
      own.addIf(
          !service.getProvider().equals("nomad") && !service.getProvider().equals("consul"),
          "Service provider must be \"consul\", or \"nomad\"");
      own.addIf(
          !Set.of("auto", "host", "driver", "alloc", "alloc_ipv6")
              .contains(service.getAddressMode()),
          "Service address_mode must be \"auto\", \"host\", \"alloc\" or \"driver\"; not \""
              + service.getAddressMode()
              + "\"");
      service.getChecksList().forEach(check -> check(check, own));
      problems.within("Service \"" + name + "\"", own);
    }
  }

  private static void check(ServiceCheck check, Problems problems) {
    if (!CHECK_TYPES.contains(check.getType())) {
      problems.add(
          "check \""
              + check.getName()
              + "\" invalid: invalid type (\""
              + check.getType()
              + "\"), must be one of \"http\", \"tcp\", \"grpc\" or \"script\" type");
      return;
    }
    problems.addIf(
        check.getType().equals("http") && check.getPath().isEmpty(),
        "check \"" + check.getName() + "\" invalid: http type must have http path");
    problems.addIf(
        check.getType().equals("script") && check.getCommand().isEmpty(),
        "check \"" + check.getName() + "\" invalid: script type must have a valid script path");
    problems.addIf(
        check.getInterval() < 1_000_000_000L,
        "check \""
            + check.getName()
            + "\" invalid: interval ("
            + Durations.text(check.getInterval())
            + ") cannot be lower than 1s");
    problems.addIf(
        check.getTimeout() < 1_000_000_000L,
        "check \""
            + check.getName()
            + "\" invalid: timeout ("
            + Durations.text(check.getTimeout())
            + ") is lower than required minimum timeout 1s");
  }

  /** Whether a path inside the allocation leads out of it. */
  private static boolean escapes(String path) {
    int depth = 1;
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        depth--;
      } else if (!part.isEmpty() && !part.equals(".")) {
        depth++;
      }
      if (depth < 0) {
        return true;
      }
    }
    return false;
  }
}
