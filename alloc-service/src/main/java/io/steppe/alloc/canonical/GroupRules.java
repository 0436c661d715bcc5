package io.steppe.alloc.canonical;

import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What a task group must be. */
final class GroupRules {
  private static final int SMALLEST_DISK_MB = 10;

  private static final long LARGEST_DISK_MB = 1_000_000_000_000L;

  private GroupRules() {}

  static Problems group(Job job, JobType type, TaskGroup group) {
    var problems = new Problems();
    problems.addIf(group.getName().isEmpty(), "Missing task group name");
    problems.addIf(group.getName().indexOf('\0') >= 0, "Task group name contains null character");
    problems.addIf(group.getCount() < 0, "Task group count can't be negative");
    problems.addIf(group.getTasksCount() == 0, "Missing tasks for task group");
    ConstraintRules.constraints(group.getConstraintsList(), problems);
    if (type.everywhere()) {
      problems.addIf(group.getAffinitiesCount() > 0, "System jobs may not have an affinity block");
      problems.addIf(group.getSpreadsCount() > 0, "System jobs may not have a spread block");
      problems.addIf(
          group.hasReschedulePolicy(), "System jobs should not have a reschedule policy");
    } else {
      ConstraintRules.affinities(group.getAffinitiesList(), problems);
      ConstraintRules.spreads(group.getSpreadsList(), problems);
      problems.all(PolicyRules.reschedule(group.getReschedulePolicy()));
    }
    PolicyRules.restart(group.getRestartPolicy(), group.getName(), problems);
    updates(type, group, problems);
    problems.addIf(
        group.getEphemeralDisk().getSizeMb() < SMALLEST_DISK_MB,
        "minimum DiskMB value is 10; got " + group.getEphemeralDisk().getSizeMb());
    TaskRules.atMost("DiskMB", group.getEphemeralDisk().getSizeMb(), LARGEST_DISK_MB, problems);
    volumes(group, problems);
    networks(group, problems);
    disconnect(group, problems);
    TaskRules.services(group.getServicesList(), problems);
    tasks(type, group, problems);
    return problems;
  }

  private static void updates(JobType type, TaskGroup group, Problems problems) {
    if (group.hasUpdate()) {
      if (type.ends()) {
        problems.add("Job type \"" + type.word() + "\" does not allow update block");
      } else {
        problems.all(PolicyRules.update(group.getUpdate()));
      }
    }
    if (group.hasMigrate()) {
      if (type == JobType.SERVICE) {
        problems.all(PolicyRules.migrate(group.getMigrate()));
      } else {
        problems.add("Job type \"" + type.word() + "\" does not allow migrate block");
      }
    }
  }

  private static void volumes(TaskGroup group, Problems problems) {
    group
        .getVolumesMap()
        .forEach(
            (name, volume) -> {
              var own = new Problems();
              own.addIf(
                  !volume.getType().equals("host") && !volume.getType().equals("csi"),
                  "volume has unrecognized type " + volume.getType());
              own.addIf(volume.getSource().isEmpty(), "volume has an empty source");
              problems.within("Task group volume for " + name, own);
            });
    for (Task task : group.getTasksList()) {
      for (var mount : task.getVolumeMountsList()) {
        boolean known = mount.getVolume().isEmpty() || group.containsVolumes(mount.getVolume());
        problems.addIf(
            !known,
            "Task "
                + task.getName()
                + " has a volume mount that references undefined volume "
                + mount.getVolume());
      }
    }
  }

  private static void networks(TaskGroup group, Problems problems) {
    var own = new Problems();
    own.addIf(group.getNetworksCount() > 1, "Only one network block allowed per task group");
    Map<String, String> fixed = new HashMap<>();
    Set<String> labels = new HashSet<>();
    for (NetworkResource network : group.getNetworksList()) {
      ports(network, "taskgroup network:" + group.getName(), fixed, labels, own);
    }
    for (Task task : group.getTasksList()) {
      for (NetworkResource network : task.getResources().getNetworksList()) {
        ports(network, task.getName() + ":", fixed, labels, own);
      }
    }
    problems.all(own);
  }

  private static void ports(
      NetworkResource network,
      String owner,
      Map<String, String> fixed,
      Set<String> labels,
      Problems problems) {
    for (Port port : network.getReservedPortsList()) {
      label(port, labels, problems);
      problems.addIf(
          port.getValue() < 1 || port.getValue() > 65535,
          "Port \"" + port.getLabel() + "\" must be between 1 and 65535; got " + port.getValue());
      if (!port.getIgnoreCollision()) {
        String where = port.getHostNetwork() + " " + port.getValue();
        String other = fixed.putIfAbsent(where, owner + port.getLabel());
        problems.addIf(
            other != null, "Static port " + port.getValue() + " already reserved by " + other);
      }
    }
    for (Port port : network.getDynamicPortsList()) {
      label(port, labels, problems);
      problems.addIf(
          port.getTo() < -1 || port.getTo() > 65535,
          "Port \"" + port.getLabel() + "\" has an invalid to: " + port.getTo());
    }
  }

  private static void label(Port port, Set<String> labels, Problems problems) {
    problems.addIf(port.getLabel().isEmpty(), "Port label cannot be empty");
    problems.addIf(
        !port.getLabel().isEmpty() && !labels.add(port.getLabel()),
        "Port label " + port.getLabel() + " already in use");
  }

  private static void disconnect(TaskGroup group, Problems problems) {
    var disconnect = group.getDisconnect();
    problems.addIf(
        disconnect.hasStopOnClientAfter() && disconnect.hasLostAfter(),
        "Disconnect cannot be configured with both stop_on_client_after and lost_after");
    problems.addIf(disconnect.getLostAfter() < 0, "lost_after cannot be a negative duration");
    problems.addIf(
        disconnect.getStopOnClientAfter() < 0,
        "stop_on_client_after cannot be a negative duration");
    boolean known =
        disconnect.getReconcile().isEmpty()
            || Set.of("keep_original", "keep_replacement", "best_score", "longest_running")
                .contains(disconnect.getReconcile());
    problems.addIf(!known, "reconcile option is invalid: " + disconnect.getReconcile());
    problems.addIf(group.getMaxClientDisconnect() < 0, "max_client_disconnect cannot be negative");
  }

  private static void tasks(JobType type, TaskGroup group, Problems problems) {
    Map<String, Integer> names = new HashMap<>();
    int leaders = 0;
    boolean main = false;
    for (int i = 0; i < group.getTasksCount(); i++) {
      Task task = group.getTasks(i);
      if (task.getName().isEmpty()) {
        problems.add("Task " + (i + 1) + " missing name");
      } else {
        Integer other = names.putIfAbsent(task.getName(), i + 1);
        problems.addIf(
            other != null,
            "Task " + (i + 1) + " redefines '" + task.getName() + "' from task " + other);
      }
      leaders += task.getLeader() ? 1 : 0;
      main |= !task.hasLifecycle();
    }
    problems.addIf(leaders > 1, "Only one task may be marked as leader");
    problems.addIf(
        group.getTasksCount() > 0 && !main,
        "Task group must contain at least one task without a lifecycle hook");
    for (Task task : group.getTasksList()) {
      problems.within(
          "Task " + task.getName(), TaskRules.task(task, group.getEphemeralDisk(), type));
    }
  }
}
