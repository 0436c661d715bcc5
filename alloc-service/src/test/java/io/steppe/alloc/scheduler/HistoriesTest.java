package io.steppe.alloc.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.scheduler.fleet.Footprint;
import io.steppe.alloc.scheduler.fleet.Footprint.HostPort;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Port;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever happens to jobs, nodes and tasks: no node is over-committed, and in the end the counts
 * are right.
 */
class HistoriesTest {
  private static final List<String> JOBS = List.of("alpha", "beta", "gamma");
  private static final Duration PATIENCE = Duration.ofHours(3);

  @Property(tries = 150)
  void keepsItsPromises(@ForAll long seed) {
    var random = new SplittableRandom(seed);
    var cluster = new TestCluster().seed(seed).nodes(random.nextInt(1, 8));
    for (int step = 0; step < 60; step++) {
      happen(cluster, random);
      check(cluster);
    }
    calmDown(cluster);
    for (String id : JOBS) {
      if (cluster.job(id) != null) {
        checkCount(cluster, cluster.job(id));
      }
    }
  }

  private static void happen(TestCluster cluster, SplittableRandom random) {
    String id = JOBS.get(random.nextInt(JOBS.size()));
    int node = random.nextInt(cluster.nodes().size());
    switch (random.nextInt(11)) {
      case 0, 1 -> cluster.register(job(id, random));
      case 2 -> cluster.changeNode(node, changed -> changed.setStatus("down"));
      case 3 -> cluster.changeNode(node, changed -> changed.setStatus("ready"));
      case 4 -> cluster.put(TestCluster.node(cluster.nodes().size()));
      case 5 ->
          cluster.changeNode(
              node,
              changed ->
                  changed.setSchedulingEligibility(
                      random.nextBoolean() ? "eligible" : "ineligible"));
      case 6 ->
          one(cluster, random)
              .filter(running -> running.getClientStatus().equals("running"))
              .ifPresent(running -> cluster.fail(running.getId()));
      case 7 ->
          one(cluster, random)
              .filter(running -> running.getClientStatus().equals("running"))
              .ifPresent(running -> cluster.complete(running.getId()));
      case 8 -> cluster.pass(Duration.ofSeconds(random.nextInt(120)));
      case 9 ->
          one(cluster, random)
              .ifPresent(
                  live ->
                      cluster.change(
                          live.getId(),
                          changed -> {
                            changed.getDesiredTransitionBuilder().setMigrate(true);
                            return changed;
                          }));
      default -> cluster.run();
    }
    if (random.nextInt(4) == 0) {
      cluster.settle();
    }
    if (cluster.job(id) != null) {
      cluster.evaluate(id);
    }
  }

  private static Optional<Allocation> one(TestCluster cluster, SplittableRandom random) {
    List<Allocation> live = cluster.live();
    return live.isEmpty() ? Optional.empty() : Optional.of(live.get(random.nextInt(live.size())));
  }

  private static Job job(String id, SplittableRandom random) {
    String type = List.of("service", "batch", "system").get(JOBS.indexOf(id));
    var network = NetworkResource.newBuilder().addDynamicPorts(Port.newBuilder().setLabel("http"));
    if (type.equals("service") && random.nextInt(3) == 0) {
      network.addReservedPorts(
          Port.newBuilder().setLabel("fixed").setValue(8000 + random.nextInt(2)));
    }
    Job job =
        TestCluster.group(
            TestCluster.job(type, random.nextInt(6)),
            group -> {
              group.addNetworks(network);
              group.getTasksBuilder(0).putEnv("VERSION", "" + random.nextInt(3));
              group
                  .getTasksBuilder(0)
                  .getResourcesBuilder()
                  .setCpu(random.nextInt(1, type.equals("system") ? 1000 : 3000));
              return group;
            });
    var changed = job.toBuilder().setId(id);
    if (random.nextInt(4) == 0) {
      changed.addConstraints(Constraint.newBuilder().setOperand("distinct_hosts"));
    }
    return changed.build();
  }

  private static void check(TestCluster cluster) {
    Map<String, long[]> used = new HashMap<>();
    Map<String, Set<HostPort>> ports = new HashMap<>();
    Map<String, Set<String>> names = new HashMap<>();
    for (Allocation allocation : cluster.live()) {
      var size = Footprint.of(allocation);
      long[] sum = used.computeIfAbsent(allocation.getNodeId(), unused -> new long[3]);
      sum[0] += size.cpu();
      sum[1] += size.memoryMb();
      sum[2] += size.diskMb();
      for (HostPort port : size.ports()) {
        assertTrue(
            ports.computeIfAbsent(allocation.getNodeId(), unused -> new HashSet<>()).add(port),
            () -> "port " + port + " twice on " + allocation.getNodeId());
      }
      assertTrue(
          names
              .computeIfAbsent(allocation.getJobId(), unused -> new HashSet<>())
              .add(slot(cluster, allocation)),
          () -> "name twice: " + allocation.getName());
    }
    used.forEach(
        (node, sum) -> {
          assertTrue(
              sum[0] <= 4000 && sum[1] <= 8192 && sum[2] <= 100_000,
              () -> node + " is over-committed");
          var load = cluster.fleet().load(node);
          assertEquals(sum[0], load.cpu());
          assertEquals(sum[1], load.memoryMb());
        });
    distinct(cluster);
  }

  /** A name of a system job is taken once on each node. */
  private static String slot(TestCluster cluster, Allocation allocation) {
    boolean everywhere = cluster.job(allocation.getJobId()).getType().equals("system");
    return everywhere ? allocation.getNodeId() : allocation.getName();
  }

  private static void distinct(TestCluster cluster) {
    Set<String> seen = new HashSet<>();
    for (Allocation allocation : cluster.live()) {
      Job job =
          cluster
              .jobVersion("default", allocation.getJobId(), allocation.getJobVersion())
              .orElseThrow();
      boolean wants =
          job.getConstraintsList().stream()
              .anyMatch(one -> one.getOperand().equals("distinct_hosts"));
      if (wants && allocation.getJobVersion() == cluster.job(allocation.getJobId()).getVersion()) {
        assertTrue(
            seen.add(allocation.getJobId() + " " + allocation.getNodeId()), "two on one host");
      }
    }
  }

  /**
   * All nodes come back with more beside them, tasks run, and evaluations are made until nothing
   * changes.
   */
  private static void calmDown(TestCluster cluster) {
    for (int i = 0; i < cluster.nodes().size(); i++) {
      cluster.changeNode(
          i, changed -> changed.setStatus("ready").setSchedulingEligibility("eligible"));
    }
    for (int i = 0; i < 20; i++) {
      cluster.put(TestCluster.node(cluster.nodes().size()));
    }
    boolean changing = true;
    for (int round = 0; changing; round++) {
      assertTrue(round < 100, "never calms down");
      cluster.pass(PATIENCE);
      cluster.run();
      changing = false;
      for (String id : JOBS) {
        if (cluster.job(id) != null) {
          Plan plan = cluster.evaluate(id);
          changing |= !plan.changesNothing();
        }
      }
      check(cluster);
    }
  }

  private static void checkCount(TestCluster cluster, Job job) {
    List<Allocation> live =
        cluster.live().stream().filter(one -> one.getJobId().equals(job.getId())).toList();
    if (!job.getType().equals("system")) {
      assertFalse(
          live.stream().anyMatch(one -> one.getJobVersion() != job.getVersion()),
          () ->
              "an old version stays of "
                  + job.getId()
                  + ": "
                  + cluster.plan(cluster.evaluation(job.getId())));
    }
    List<Allocation> done = new ArrayList<>();
    for (Allocation one : cluster.all()) {
      boolean ended =
          one.getClientStatus().equals("complete") || one.getClientStatus().equals("failed");
      if (one.getJobId().equals(job.getId())
          && ended
          && one.getDesiredStatus().equals("run")
          && one.getNextAllocation().isEmpty()
          && one.getJobVersion() == job.getVersion()) {
        done.add(one);
      }
    }
    long count = job.getTaskGroups(0).getCount();
    switch (job.getType()) {
      case "system" -> {
        long noRoom = cluster.plan(cluster.evaluation(job.getId())).queued().get("web");
        // Where a new version has no room, the old one goes on.
        long old = live.stream().filter(one -> one.getJobVersion() != job.getVersion()).count();
        assertEquals(count == 0 ? 0 : cluster.nodes().size(), live.size() + noRoom - old);
      }
      case "batch" ->
          assertTrue(
              live.size() + done.size() >= count && live.size() <= count,
              live.size() + " live and " + done.size() + " done of " + count);
      default -> assertEquals(count, live.size());
    }
  }
}
