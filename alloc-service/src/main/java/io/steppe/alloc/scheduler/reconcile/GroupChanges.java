package io.steppe.alloc.scheduler.reconcile;

import io.steppe.json.Json;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.Service;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether a group's tasks must be started anew to follow a new version of their job. */
public final class GroupChanges {
  private GroupChanges() {}

  /** True when something changed that a running task can't follow. */
  public static boolean destructive(Job before, Job now, String groupName) {
    Optional<TaskGroup> old = group(before, groupName);
    Optional<TaskGroup> wanted = group(now, groupName);
    if (old.isEmpty() || wanted.isEmpty()) {
      return true;
    }
    TaskGroup a = old.get();
    TaskGroup b = wanted.get();
    if (a.getTasksCount() != b.getTasksCount()
        || !a.getEphemeralDisk().equals(b.getEphemeralDisk())
        || !networks(a.getNetworksList()).equals(networks(b.getNetworksList()))
        || !a.getVolumesMap().equals(b.getVolumesMap())
        || !a.getConsul().equals(b.getConsul())
        || !connects(a.getServicesList()).equals(connects(b.getServicesList()))
        || !spreadsAndAffinities(before, a).equals(spreadsAndAffinities(now, b))) {
      return true;
    }
    Map<String, Task> tasks = new HashMap<>();
    a.getTasksList().forEach(task -> tasks.put(task.getName(), task));
    for (Task task : b.getTasksList()) {
      Task was = tasks.get(task.getName());
      if (was == null
          || !restartless(was).equals(restartless(task))
          || !Json.same(was.getConfig(), task.getConfig())
          || !meta(before, a, was).equals(meta(now, b, task))) {
        return true;
      }
    }
    return false;
  }

  private static Optional<TaskGroup> group(Job job, String name) {
    return job.getTaskGroupsList().stream()
        .filter(group -> group.getName().equals(name))
        .findFirst();
  }

  private static List<Object> spreadsAndAffinities(Job job, TaskGroup group) {
    return List.of(
        job.getAffinitiesList(),
        group.getAffinitiesList(),
        group.getTasksList().stream().map(Task::getAffinitiesList).toList(),
        job.getSpreadsList(),
        group.getSpreadsList());
  }

  private static List<Object> connects(List<Service> services) {
    return services.stream()
        .filter(service -> !service.getConnect().isEmpty())
        .map(
            service ->
                (Object) List.of(service.getName(), service.getPortLabel(), service.getConnect()))
        .toList();
  }

  /** Networks without the values of dynamic ports: those differ by allocation. */
  private static List<NetworkResource> networks(List<NetworkResource> networks) {
    return networks.stream()
        .map(
            network -> {
              var bare = network.toBuilder().clearDynamicPorts();
              network
                  .getDynamicPortsList()
                  .forEach(port -> bare.addDynamicPorts(Port.newBuilder(port).clearValue()));
              return bare.build();
            })
        .toList();
  }

  /** A task without what changes under its feet: what is left must be the same for it to go on. */
  private static Task restartless(Task task) {
    Resources resources = task.getResources();
    return task.toBuilder()
        .clearConfig()
        .clearServices()
        .clearConstraints()
        .clearAffinities()
        .clearRestartPolicy()
        .clearMeta()
        .clearKillTimeout()
        .clearKillSignal()
        .clearShutdownDelay()
        .clearLeader()
        .clearLogConfig()
        .clearScalingPolicies()
        .clearActions()
        .setResources(
            resources.toBuilder()
                .clearDiskMb()
                .clearIops()
                .clearNetworks()
                .addAllNetworks(networks(resources.getNetworksList())))
        .build();
  }

  private static Map<String, String> meta(Job job, TaskGroup group, Task task) {
    Map<String, String> meta = new HashMap<>(job.getMetaMap());
    meta.putAll(group.getMetaMap());
    meta.putAll(task.getMetaMap());
    return meta;
  }
}
