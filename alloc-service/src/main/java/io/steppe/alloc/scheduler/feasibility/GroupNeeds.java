package io.steppe.alloc.scheduler.feasibility;

import io.steppe.alloc.scheduler.fleet.Footprint;
import io.steppe.proto.v1.Affinity;
import io.steppe.proto.v1.AllocatedResources;
import io.steppe.proto.v1.AllocatedTaskResources;
import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.RequestedDevice;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.TaskLifecycleOrNull;
import io.steppe.proto.v1.VolumeRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a task group asks of a node, read once for an evaluation.
 *
 * @param ofClass conditions that all nodes of a computed class answer alike
 * @param ofNode conditions that are asked of each node
 * @param drivers task drivers it needs
 * @param networkModes of the group's networks, host aside
 * @param ports of the group and its tasks, static and dynamic, with the host network each wants
 * @param hostVolumes host volumes it needs
 * @param csiVolumes ids of volumes of storage plugins it needs
 * @param distinctHosts no node twice, and whether for the whole job
 * @param distinctProperties no value more often than it says
 * @param affinities of job, group and tasks, with their weights
 * @param template resources without what only a node can give: ports, cores, devices
 * @param size room for that
 * @param cores tasks that want cores for themselves, and how many
 * @param devices tasks that want devices
 */
public record GroupNeeds(
    Job job,
    TaskGroup group,
    List<Condition> ofClass,
    List<Condition> ofNode,
    Set<String> drivers,
    Set<String> networkModes,
    List<PortNeed> ports,
    List<VolumeRequest> hostVolumes,
    List<String> csiVolumes,
    DistinctHosts distinctHosts,
    List<DistinctProperty> distinctProperties,
    List<Weighted> affinities,
    AllocatedResources template,
    Footprint size,
    Map<String, Integer> cores,
    Map<String, List<RequestedDevice>> devices) {

  /** How far apart allocations must be. */
  public enum DistinctHosts {
    NO,
    GROUP,
    JOB
  }

  /** At most {@code limit} allocations for each value of a target. */
  public record DistinctProperty(Target target, String text, int limit, boolean wholeJob) {}

  /** A condition that counts for or against a node. */
  public record Weighted(Condition condition, long weight) {}

  /**
   * A port asked for.
   *
   * @param task the task it is of, empty for the group's
   * @param value of a static port, 0 for a dynamic one
   */
  public record PortNeed(String task, Port port, int value) {}

  /**
   * Reads a group of a job.
   *
   * @param oversubscribes whether tasks may have more memory than is kept for them, where they say
   *     how much
   */
  public static GroupNeeds of(Job job, TaskGroup group, boolean oversubscribes) {
    List<Constraint> constraints = new ArrayList<>(job.getConstraintsList());
    constraints.addAll(group.getConstraintsList());
    List<Weighted> affinities = new ArrayList<>();
    weigh(job, job.getAffinitiesList(), affinities);
    weigh(job, group.getAffinitiesList(), affinities);
    Set<String> drivers = new LinkedHashSet<>();
    Map<String, Integer> cores = new LinkedHashMap<>();
    Map<String, List<RequestedDevice>> devices = new LinkedHashMap<>();
    List<PortNeed> ports = new ArrayList<>();
    group.getNetworksList().forEach(network -> ports(network, "", ports));
    for (Task task : group.getTasksList()) {
      constraints.addAll(task.getConstraintsList());
      weigh(job, task.getAffinitiesList(), affinities);
      drivers.add(task.getDriver());
      task.getResources()
          .getNetworksList()
          .forEach(network -> ports(network, task.getName(), ports));
      if (task.getResources().getCores() > 0) {
        cores.put(task.getName(), (int) task.getResources().getCores());
      }
      if (task.getResources().getDevicesCount() > 0) {
        devices.put(task.getName(), task.getResources().getDevicesList());
      }
    }
    Set<String> modes = new LinkedHashSet<>();
    group
        .getNetworksList()
        .forEach(network -> modes.add(network.getMode().isEmpty() ? "host" : network.getMode()));
    List<Condition> conditions =
        constraints.stream()
            .filter(constraint -> !Condition.aboutPlacement(constraint))
            .map(constraint -> Condition.of(constraint, job.getRegion()))
            .toList();
    AllocatedResources template = template(group, oversubscribes);
    return new GroupNeeds(
        job,
        group,
        conditions.stream().filter(condition -> !condition.unique()).toList(),
        conditions.stream().filter(Condition::unique).toList(),
        drivers,
        modes,
        List.copyOf(ports),
        group.getVolumesMap().values().stream()
            .filter(volume -> !volume.getType().equals("csi"))
            .toList(),
        group.getVolumesMap().values().stream()
            .filter(volume -> volume.getType().equals("csi"))
            .map(VolumeRequest::getSource)
            .toList(),
        distinctHosts(job, group),
        distinctProperties(job, group),
        List.copyOf(affinities),
        template,
        Footprint.of("", template),
        cores,
        devices);
  }

  private static void weigh(Job job, List<Affinity> given, List<Weighted> weighted) {
    given.forEach(
        affinity ->
            weighted.add(
                new Weighted(Condition.of(affinity, job.getRegion()), affinity.getWeight())));
  }

  private static void ports(NetworkResource network, String task, List<PortNeed> ports) {
    network
        .getReservedPortsList()
        .forEach(port -> ports.add(new PortNeed(task, port, (int) port.getValue())));
    network.getDynamicPortsList().forEach(port -> ports.add(new PortNeed(task, port, 0)));
  }

  private static AllocatedResources template(TaskGroup group, boolean oversubscribes) {
    var resources = AllocatedResources.newBuilder();
    resources.getSharedBuilder().setDiskMb(group.getEphemeralDisk().getSizeMb());
    for (Task task : group.getTasksList()) {
      var allocated = AllocatedTaskResources.newBuilder();
      allocated
          .getCpuBuilder()
          .setCpuShares(task.getResources().getCores() > 0 ? 0 : task.getResources().getCpu());
      allocated.getMemoryBuilder().setMemoryMb(task.getResources().getMemoryMb());
      if (oversubscribes) {
        allocated.getMemoryBuilder().setMemoryMaxMb(task.getResources().getMemoryMaxMb());
      }
      resources.putTasks(task.getName(), allocated.build());
      var lifecycle = TaskLifecycleOrNull.newBuilder();
      if (task.hasLifecycle()) {
        lifecycle.setValue(task.getLifecycle());
      }
      resources.putTaskLifecycles(task.getName(), lifecycle.build());
    }
    return resources.build();
  }

  private static DistinctHosts distinctHosts(Job job, TaskGroup group) {
    if (job.getConstraintsList().stream().anyMatch(GroupNeeds::wantsDistinctHosts)) {
      return DistinctHosts.JOB;
    }
    return group.getConstraintsList().stream().anyMatch(GroupNeeds::wantsDistinctHosts)
        ? DistinctHosts.GROUP
        : DistinctHosts.NO;
  }

  private static boolean wantsDistinctHosts(Constraint constraint) {
    return constraint.getOperand().equals("distinct_hosts")
        && !constraint.getRTarget().equals("false");
  }

  private static List<DistinctProperty> distinctProperties(Job job, TaskGroup group) {
    List<DistinctProperty> properties = new ArrayList<>();
    job.getConstraintsList()
        .forEach(constraint -> distinctProperty(job, constraint, true, properties));
    group
        .getConstraintsList()
        .forEach(constraint -> distinctProperty(job, constraint, false, properties));
    group
        .getTasksList()
        .forEach(
            task ->
                task.getConstraintsList()
                    .forEach(constraint -> distinctProperty(job, constraint, false, properties)));
    return List.copyOf(properties);
  }

  private static void distinctProperty(
      Job job, Constraint constraint, boolean wholeJob, List<DistinctProperty> properties) {
    if (constraint.getOperand().equals("distinct_property")) {
      String limit = constraint.getRTarget();
      Target target = Target.of(constraint.getLTarget(), job.getRegion());
      properties.add(
          new DistinctProperty(
              target,
              constraint.getLTarget(),
              limit.isEmpty() ? 1 : Integer.parseInt(limit),
              wholeJob));
    }
  }

  /** Whether nodes of one class may differ for it. */
  public boolean escapesClass() {
    return !ofNode.isEmpty();
  }
}
