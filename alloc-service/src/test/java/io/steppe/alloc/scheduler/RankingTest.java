package io.steppe.alloc.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Affinity;
import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeDevice;
import io.steppe.proto.v1.NodeDeviceResource;
import io.steppe.proto.v1.NodePoolSchedulerConfiguration;
import io.steppe.proto.v1.RequestedDevice;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.Spread;
import io.steppe.proto.v1.SpreadTarget;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which of several nodes is taken. */
class RankingTest {
  private final TestCluster cluster = new TestCluster();

  private Map<String, Long> by(Function<Node, String> what) {
    Map<String, Node> nodes =
        cluster.nodes().stream().collect(Collectors.toMap(Node::getId, node -> node));
    return cluster.live().stream()
        .collect(
            Collectors.groupingBy(
                one -> what.apply(nodes.get(one.getNodeId())), Collectors.counting()));
  }

  private void racks(int nodes, int racks) {
    for (int i = 0; i < nodes; i++) {
      cluster.put(
          TestCluster.node(i).toBuilder()
              .putMeta("rack", "r" + i % racks)
              .setComputedClass("v1:" + i % racks)
              .setDatacenter("dc" + i % 2)
              .build());
    }
  }

  @Test
  void packsWhatGoesTogether() {
    cluster.nodes(4);
    for (int i = 0; i < 6; i++) {
      cluster.register(TestCluster.job("service", 1).toBuilder().setId("job" + i).build());
      cluster.evaluate("job" + i);
    }
    assertTrue(by(Node::getId).values().stream().max(Long::compare).orElseThrow() >= 3);
  }

  @Test
  void keepsAJobApart() {
    cluster.nodes(4);
    cluster.register(TestCluster.job("service", 4));
    cluster.evaluate("app");
    assertEquals(4, by(Node::getId).size());
  }

  @Test
  void spreadsEvenly() {
    racks(9, 3);
    cluster.register(
        TestCluster.group(
            TestCluster.job("service", 9),
            group ->
                group.addSpreads(Spread.newBuilder().setAttribute("${meta.rack}").setWeight(100))));
    cluster.evaluate("app");
    assertEquals(Map.of("r0", 3L, "r1", 3L, "r2", 3L), by(node -> node.getMetaOrThrow("rack")));
  }

  @Test
  void spreadsByTarget() {
    racks(10, 5);
    var spread =
        Spread.newBuilder()
            .setAttribute("${node.datacenter}")
            .setWeight(100)
            .addSpreadTarget(SpreadTarget.newBuilder().setValue("dc0").setPercent(70))
            .addSpreadTarget(SpreadTarget.newBuilder().setValue("dc1").setPercent(30));
    cluster.register(
        TestCluster.group(TestCluster.job("service", 10), group -> group.addSpreads(spread)));
    cluster.evaluate("app");
    assertEquals(Map.of("dc0", 7L, "dc1", 3L), by(Node::getDatacenter));
  }

  @Test
  void followsAffinities() {
    racks(10, 5);
    cluster.register(
        TestCluster.job("service", 1).toBuilder()
            .addAffinities(
                Affinity.newBuilder()
                    .setLTarget("${meta.rack}")
                    .setOperand("=")
                    .setRTarget("r3")
                    .setWeight(100))
            .build());
    Plan plan = cluster.evaluate("app");
    assertEquals(Map.of("r3", 1L), by(node -> node.getMetaOrThrow("rack")));
    assertEquals(
        1.0,
        plan.placements()
            .getFirst()
            .getMetrics()
            .getScoreMetaData(0)
            .getScoresOrThrow("node-affinity"));
    assertEquals(5, plan.placements().getFirst().getMetrics().getScoreMetaDataCount());
  }

  @Test
  void keepsPropertiesDistinct() {
    racks(9, 3);
    Job job =
        TestCluster.job("service", 7).toBuilder()
            .addConstraints(
                Constraint.newBuilder()
                    .setLTarget("${meta.rack}")
                    .setOperand("distinct_property")
                    .setRTarget("2"))
            .build();
    cluster.register(job);
    Plan plan = cluster.evaluate("app");
    assertEquals(Map.of("r0", 2L, "r1", 2L, "r2", 2L), by(node -> node.getMetaOrThrow("rack")));
    assertEquals(1L, plan.queued().get("web"));
    assertTrue(
        plan.failedTaskGroups()
            .get("web")
            .getConstraintFilteredMap()
            .containsKey("distinct_property: ${meta.rack}=r0 used by 2 allocs"));
  }

  @Test
  void staysInDatacentersAndPools() {
    racks(4, 2);
    cluster.put(TestCluster.node(7).toBuilder().setNodePool("gpu").setDatacenter("dc0").build());
    cluster.register(TestCluster.job("service", 8).toBuilder().addDatacenters("*0").build());
    Plan plan = cluster.evaluate("app");
    assertEquals(
        Map.of("dc0", 2L), plan.placements().getFirst().getMetrics().getNodesAvailableMap());
    assertEquals(4, plan.placements().getFirst().getMetrics().getNodesInPool());
    assertEquals(Set.of("dc0"), by(Node::getDatacenter).keySet());
    cluster.register(
        TestCluster.job("service", 1).toBuilder().setId("pooled").setNodePool("gpu").build());
    assertEquals(
        TestCluster.nodeId(7), cluster.evaluate("pooled").placements().getFirst().getNodeId());
    cluster.register(
        TestCluster.job("system", 1).toBuilder().setId("all").setNodePool("all").build());
    assertEquals(5, cluster.evaluate("all").placements().size());
  }

  @Test
  void spreadsWhereItsPoolWantsTo() {
    for (int i = 0; i < 4; i++) {
      cluster.put(TestCluster.node(i).toBuilder().setNodePool("wide").build());
    }
    cluster.configure(
        "wide",
        NodePoolSchedulerConfiguration.newBuilder().setSchedulerAlgorithm("spread").build());
    for (int i = 0; i < 2; i++) {
      cluster.register(
          TestCluster.job("service", 1).toBuilder().setId("job" + i).setNodePool("wide").build());
      cluster.evaluate("job" + i);
    }
    assertEquals(2, by(Node::getId).size());
  }

  @Test
  void givesMoreMemoryThanItKeepsOnlyWhereItsPoolAllows() {
    cluster.nodes(1);
    var job =
        TestCluster.group(
            TestCluster.job("service", 1),
            group -> {
              group.getTasksBuilder(0).getResourcesBuilder().setMemoryMaxMb(500);
              return group;
            });
    cluster.register(job);
    assertEquals(0, mostMemory(cluster.evaluate("app")));
    cluster.configure(
        "default",
        NodePoolSchedulerConfiguration.newBuilder().setMemoryOversubscriptionEnabled(true).build());
    cluster.register(job.toBuilder().setId("more").build());
    assertEquals(500, mostMemory(cluster.evaluate("more")));
  }

  private static long mostMemory(Plan plan) {
    var placed = plan.placements().getFirst();
    assertEquals(
        100, placed.getAllocatedResources().getTasksOrThrow("server").getMemory().getMemoryMb());
    return placed.getAllocatedResources().getTasksOrThrow("server").getMemory().getMemoryMaxMb();
  }

  @Test
  void givesWholeCores() {
    cluster.nodes(1);
    cluster.register(
        TestCluster.group(
            TestCluster.job("service", 3),
            group -> {
              group
                  .getTasksBuilder(0)
                  .setResources(Resources.newBuilder().setCores(2).setMemoryMb(100));
              return group;
            }));
    Plan plan = cluster.evaluate("app");
    assertEquals(2, plan.placements().size());
    Set<Long> cores = new HashSet<>();
    plan.placements()
        .forEach(
            one -> {
              var cpu = one.getAllocatedResources().getTasksOrThrow("server").getCpu();
              assertEquals(2000, cpu.getCpuShares());
              cores.addAll(cpu.getReservedCoresList());
            });
    assertEquals(Set.of(0L, 1L, 2L, 3L), cores);
    assertEquals(
        Map.of("cores", 1L), plan.failedTaskGroups().get("web").getDimensionExhaustedMap());
  }

  @Test
  void givesDevices() {
    var device =
        NodeDeviceResource.newBuilder()
            .setVendor("nvidia")
            .setType("gpu")
            .setName("t4")
            .addInstances(NodeDevice.newBuilder().setId("g1").setHealthy(true))
            .addInstances(NodeDevice.newBuilder().setId("g2").setHealthy(false));
    var node = TestCluster.node(1).toBuilder();
    node.getNodeResourcesBuilder().addDevices(device);
    cluster.put(node.build());
    cluster.register(
        TestCluster.group(
            TestCluster.job("service", 2),
            group -> {
              group
                  .getTasksBuilder(0)
                  .getResourcesBuilder()
                  .addDevices(RequestedDevice.newBuilder().setName("nvidia/gpu"));
              return group;
            }));
    Plan plan = cluster.evaluate("app");
    var task = plan.placements().getFirst().getAllocatedResources().getTasksOrThrow("server");
    assertEquals(List.of("g1"), task.getDevices(0).getDeviceIdsList());
    assertEquals(1L, plan.queued().get("web"));
  }
}
