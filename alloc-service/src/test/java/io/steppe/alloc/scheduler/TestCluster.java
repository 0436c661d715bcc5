package io.steppe.alloc.scheduler;

import io.steppe.alloc.canonical.Canonicaliser;
import io.steppe.alloc.scheduler.fleet.Fleet;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeNetworkAddress;
import io.steppe.proto.v1.NodeNetworkResource;
import io.steppe.proto.v1.NodePoolSchedulerConfiguration;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A cluster in memory: nodes, jobs and allocations, and the smallest thing that can apply a plan to
 * them.
 */
final class TestCluster implements ClusterSnapshot {
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, Allocation> allocations = new LinkedHashMap<>();
  private final Map<String, Job> jobs = new HashMap<>();
  private final Map<String, Job> versions = new HashMap<>();
  private final Map<String, NodePoolSchedulerConfiguration> configurations = new HashMap<>();
  private Fleet fleet = Fleet.EMPTY;
  private long index = 1;
  private int evaluations;
  private RandomGenerator random = new SplittableRandom(42);
  private Instant now = Instant.parse("2026-11-21T03:00:00Z");

  TestCluster seed(long seed) {
    random = new SplittableRandom(seed);
    return this;
  }

  @Override
  public long index() {
    return index;
  }

  @Override
  public Fleet fleet() {
    return fleet;
  }

  @Override
  public Collection<Allocation> allocations(String namespace, String jobId) {
    return allocations.values().stream()
        .filter(
            allocation ->
                allocation.getNamespace().equals(namespace) && allocation.getJobId().equals(jobId))
        .toList();
  }

  @Override
  public Optional<Job> jobVersion(String namespace, String jobId, long version) {
    return Optional.ofNullable(versions.get(jobId + "@" + version));
  }

  @Override
  public NodePoolSchedulerConfiguration configuration(String pool) {
    return configurations.getOrDefault(pool, NodePoolSchedulerConfiguration.getDefaultInstance());
  }

  void configure(String pool, NodePoolSchedulerConfiguration configuration) {
    configurations.put(pool, configuration);
  }

  static String nodeId(int number) {
    return "00000000-0000-0000-0000-%012d".formatted(number);
  }

  /** A node of 4000 MHz, 8192 MiB and 100 GB that runs raw_exec and mock_driver. */
  static Node node(int number) {
    var node =
        Node.newBuilder()
            .setId(nodeId(number))
            .setName("node-" + number)
            .setDatacenter("dc1")
            .setNodePool("default")
            .setComputedClass("v1:1")
            .setStatus("ready")
            .setSchedulingEligibility("eligible")
            .putAttributes("kernel.name", "linux")
            .putAttributes("nomad.service_discovery", "true")
            .putDrivers(
                "raw_exec", DriverInfo.newBuilder().setDetected(true).setHealthy(true).build())
            .putDrivers(
                "mock_driver", DriverInfo.newBuilder().setDetected(true).setHealthy(true).build());
    var resources =
        node.getNodeResourcesBuilder().setMinDynamicPort(20000).setMaxDynamicPort(32000);
    resources
        .getCpuBuilder()
        .setCpuShares(4000)
        .setTotalCpuCores(4)
        .addAllReservableCpuCores(List.of(0L, 1L, 2L, 3L));
    resources.getMemoryBuilder().setMemoryMb(8192);
    resources.getDiskBuilder().setDiskMb(100_000);
    resources.addNodeNetworks(
        NodeNetworkResource.newBuilder()
            .setMode("host")
            .setDevice("lo")
            .addAddresses(
                NodeNetworkAddress.newBuilder()
                    .setAlias("default")
                    .setAddress("127.0.0.1")
                    .setFamily("ipv4")));
    return node.build();
  }

  TestCluster nodes(int count) {
    for (int i = 0; i < count; i++) {
      put(node(i));
    }
    return this;
  }

  void put(Node node) {
    nodes.put(node.getId(), node);
    fleet = fleet.with(node);
    index++;
  }

  void changeNode(int number, UnaryOperator<Node.Builder> change) {
    put(change.apply(nodes.get(nodeId(number)).toBuilder()).build());
  }

  Collection<Node> nodes() {
    return nodes.values();
  }

  /** A job of one group "web" with one task of raw_exec: 100 MHz, 100 MiB. */
  static Job job(String type, int count) {
    return Job.newBuilder()
        .setId("app")
        .setType(type)
        .addTaskGroups(
            TaskGroup.newBuilder()
                .setName("web")
                .setCount(count)
                .addTasks(
                    Task.newBuilder()
                        .setName("server")
                        .setDriver("raw_exec")
                        .setResources(Resources.newBuilder().setCpu(100).setMemoryMb(100))))
        .build();
  }

  /** A job with its one group changed. */
  static Job group(Job job, UnaryOperator<TaskGroup.Builder> change) {
    return job.toBuilder().setTaskGroups(0, change.apply(job.getTaskGroups(0).toBuilder())).build();
  }

  /** Registers a job as a new version. */
  Job register(Job given) {
    index++;
    Job before = jobs.get(given.getId());
    Job job =
        Canonicaliser.canonicalise(given).toBuilder()
            .setVersion(before == null ? 0 : before.getVersion() + 1)
            .setCreateIndex(before == null ? index : before.getCreateIndex())
            .setModifyIndex(index)
            .build();
    jobs.put(job.getId(), job);
    versions.put(job.getId() + "@" + job.getVersion(), job);
    return job;
  }

  Evaluation evaluation(String jobId) {
    return Evaluation.newBuilder()
        .setId("evaluation-" + ++evaluations)
        .setNamespace("default")
        .setJobId(jobId)
        .setPriority(50)
        .build();
  }

  Plan plan(Evaluation evaluation) {
    InstantSource clock = InstantSource.fixed(now);
    return Scheduler.schedule(
        this, Optional.ofNullable(jobs.get(evaluation.getJobId())), evaluation, clock, random);
  }

  /** Plans and applies. */
  Plan evaluate(String jobId) {
    return evaluate(evaluation(jobId));
  }

  Plan evaluate(Evaluation evaluation) {
    Plan plan = plan(evaluation);
    apply(plan);
    return plan;
  }

  void apply(Plan plan) {
    index++;
    checkRoom(plan);
    plan.stops()
        .forEach(
            stop -> {
              Allocation stopped = stop.applyTo(allocations.get(stop.allocationId()));
              store(stopped.toBuilder().setModifyTime(PlanUnderWay.nanos(now)).build());
            });
    plan.inPlaceUpdates()
        .forEach(update -> store(update.applyTo(allocations.get(update.allocationId()))));
    plan.notes().forEach(note -> store(note.applyTo(allocations.get(note.allocationId()))));
    for (Allocation placed : plan.placements()) {
      if (!placed.getPreviousAllocation().isEmpty()) {
        Allocation previous = allocations.get(placed.getPreviousAllocation());
        store(previous.toBuilder().setNextAllocation(placed.getId()).build());
      }
      store(placed.toBuilder().setCreateIndex(index).setModifyIndex(index).build());
    }
  }

  /** The commit's own check must never refuse a plan that was made against the same state. */
  private void checkRoom(Plan plan) {
    Map<String, List<Allocation>> placed = new HashMap<>();
    plan.placements()
        .forEach(
            one -> placed.computeIfAbsent(one.getNodeId(), unused -> new ArrayList<>()).add(one));
    Set<String> gone = new HashSet<>();
    plan.stops().forEach(stop -> gone.add(stop.allocationId()));
    placed.forEach(
        (nodeId, ofNode) ->
            fleet
                .refusal(nodeId, ofNode, gone)
                .ifPresent(
                    reason -> {
                      throw new AssertionError(nodeId + ": " + reason);
                    }));
  }

  private void store(Allocation allocation) {
    allocations.put(allocation.getId(), allocation);
    fleet = fleet.with(allocation);
  }

  void change(String allocationId, UnaryOperator<Allocation.Builder> change) {
    index++;
    store(change.apply(allocations.get(allocationId).toBuilder()).build());
  }

  /** Everything pending starts and is healthy. */
  void run() {
    for (Allocation allocation : List.copyOf(allocations.values())) {
      if (allocation.getClientStatus().equals("pending")
          && allocation.getDesiredStatus().equals("run")) {
        change(allocation.getId(), changed -> running(changed));
      }
    }
  }

  private static Allocation.Builder running(Allocation.Builder changed) {
    changed.getDeploymentStatusBuilder().setHealthy(true);
    return changed.setClientStatus("running");
  }

  /** What was told to end does. */
  void settle() {
    for (Allocation allocation : List.copyOf(allocations.values())) {
      if (!allocation.getDesiredStatus().equals("run") && !Statuses.clientTerminal(allocation)) {
        change(allocation.getId(), changed -> changed.setClientStatus("complete"));
      }
    }
  }

  void fail(String allocationId) {
    long at = PlanUnderWay.nanos(now);
    change(
        allocationId,
        changed -> {
          changed.setClientStatus("failed");
          changed.putTaskStates(
              "server",
              TaskState.newBuilder().setState("dead").setFailed(true).setFinishedAt(at).build());
          return changed;
        });
  }

  void complete(String allocationId) {
    change(
        allocationId,
        changed ->
            changed
                .setClientStatus("complete")
                .putTaskStates("server", TaskState.newBuilder().setState("dead").build()));
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  Instant now() {
    return now;
  }

  Collection<Allocation> all() {
    return allocations.values();
  }

  /** Those that are wanted and have not ended. */
  List<Allocation> live() {
    return allocations.values().stream()
        .filter(allocation -> !Statuses.terminal(allocation))
        .toList();
  }

  Allocation get(String allocationId) {
    return allocations.get(allocationId);
  }

  Job job(String jobId) {
    return jobs.get(jobId);
  }

  void stopJob(String jobId) {
    jobs.put(jobId, jobs.get(jobId).toBuilder().setStop(true).build());
  }
}
