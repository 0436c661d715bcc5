package io.steppe.alloc.scheduler;

import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.AllocMetric;
import io.steppe.proto.v1.AllocatedResources;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Writes new allocations of a job. What is the same for all of a group is written once. */
final class Allocations {
  private final Job job;
  private final Evaluation evaluation;
  private final RandomGenerator random;
  private final Map<String, Allocation> patterns = new HashMap<>();

  Allocations(Job job, Evaluation evaluation, RandomGenerator random) {
    this.job = job;
    this.evaluation = evaluation;
    this.random = random;
  }

  /** An allocation of a group on a node, about to start. */
  Allocation.Builder create(
      TaskGroup group,
      String name,
      NodeFacts node,
      AllocatedResources resources,
      AllocMetric metrics,
      long now) {
    var allocation =
        patterns.computeIfAbsent(group.getName(), unused -> pattern(group)).toBuilder()
            .setId(uuid(random))
            .setName(name)
            .setNodeId(node.id())
            .setNodeName(node.name())
            .setAllocatedResources(resources)
            .setMetrics(metrics)
            .setCreateTime(now)
            .setModifyTime(now);
    if (resources.getShared().getNetworksCount() > 0) {
      allocation.getResourcesBuilder().addAllNetworks(resources.getShared().getNetworksList());
      allocation
          .getSharedResourcesBuilder()
          .addAllNetworks(resources.getShared().getNetworksList());
    }
    return allocation;
  }

  private Allocation pattern(TaskGroup group) {
    long disk = group.getEphemeralDisk().getSizeMb();
    var pattern =
        Allocation.newBuilder()
            .setNamespace(job.getNamespace())
            .setEvalId(evaluation.getId())
            .setJobId(job.getId())
            .setJobVersion(job.getVersion())
            .setTaskGroup(group.getName())
            .setDesiredStatus(Statuses.RUN)
            .setClientStatus(Statuses.PENDING)
            .setSharedResources(sum(0, 0, 0, 0, disk));
    long cpu = 0;
    long cores = 0;
    long memory = 0;
    long most = 0;
    for (Task task : group.getTasksList()) {
      Resources asked = task.getResources();
      pattern.putTaskResources(task.getName(), asked);
      cpu += asked.getCpu();
      cores += asked.getCores();
      memory += asked.getMemoryMb();
      most += Math.max(asked.getMemoryMb(), asked.getMemoryMaxMb());
    }
    return pattern.setResources(sum(cpu, cores, memory, most, disk)).build();
  }

  private static Resources sum(long cpu, long cores, long memory, long mostMemory, long disk) {
    return Resources.newBuilder()
        .setCpu(cpu)
        .setCores(cores)
        .setMemoryMb(memory)
        .setMemoryMaxMb(mostMemory)
        .setDiskMb(disk)
        .setIops(0)
        .setSecretsMb(0)
        .build();
  }

  /** A random id in the form of a UUID. */
  static String uuid(RandomGenerator random) {
    String digits = hex(random.nextLong()) + hex(random.nextLong());
    return String.join(
        "-",
        digits.substring(0, 8),
        digits.substring(8, 12),
        digits.substring(12, 16),
        digits.substring(16, 20),
        digits.substring(20));
  }

  private static String hex(long bits) {
    return HexFormat.of().toHexDigits(bits);
  }
}
