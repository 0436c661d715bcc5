package io.steppe.alloc.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Resources;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Where allocations go, and what is said when they go nowhere. */
class PlacementTest {
  private final TestCluster cluster = new TestCluster();

  private Set<String> names() {
    return cluster.live().stream()
        .map(allocation -> allocation.getName())
        .collect(Collectors.toSet());
  }

  @Test
  void placesAServiceWithItsNames() {
    cluster.nodes(3);
    cluster.register(TestCluster.job("service", 3));
    Plan plan = cluster.evaluate("app");
    assertEquals(Set.of("app.web[0]", "app.web[1]", "app.web[2]"), names());
    assertEquals(Map.of("web", 0L), plan.queued());
    assertTrue(plan.blocked().isEmpty());
    var placed = plan.placements().getFirst();
    assertEquals("run", placed.getDesiredStatus());
    assertEquals("pending", placed.getClientStatus());
    assertEquals(Map.of("dc1", 3L), placed.getMetrics().getNodesAvailableMap());
    assertEquals(3, placed.getMetrics().getNodesInPool());
    assertEquals("default", placed.getMetrics().getNodePool());
    assertEquals(
        100, placed.getAllocatedResources().getTasksOrThrow("server").getCpu().getCpuShares());
    assertEquals(300, placed.getAllocatedResources().getShared().getDiskMb());
  }

  @Test
  void scoresAsObservedOnNomad() {
    cluster.put(big(1));
    double[] observed = {0.007419834683342212, 0.01476484983987763, 0, 0.029233760607805297};
    for (int i = 0; i < observed.length; i++) {
      cluster.register(small("job" + i));
      var score =
          cluster.evaluate("job" + i).placements().getFirst().getMetrics().getScoreMetaData(0);
      if (observed[i] > 0) {
        assertEquals(observed[i], score.getNormScore());
        assertEquals(
            Map.of(
                "binpack",
                observed[i],
                "job-anti-affinity",
                0.0,
                "node-reschedule-penalty",
                0.0,
                "node-affinity",
                0.0),
            score.getScoresMap());
      }
    }
  }

  private static Node big(int number) {
    var node = TestCluster.node(number).toBuilder();
    node.getNodeResourcesBuilder().getMemoryBuilder().setMemoryMb(24103);
    return node.build();
  }

  private static Job small(String id) {
    return TestCluster.group(
            TestCluster.job("service", 1),
            group -> {
              group
                  .getTasksBuilder(0)
                  .setResources(Resources.newBuilder().setCpu(20).setMemoryMb(20));
              return group;
            })
        .toBuilder()
        .setId(id)
        .build();
  }

  @Test
  void saysWhyNothingFits() {
    cluster.nodes(2);
    cluster.register(
        TestCluster.group(
            TestCluster.job("service", 3),
            group -> {
              group
                  .getTasksBuilder(0)
                  .setResources(Resources.newBuilder().setCpu(3000).setMemoryMb(100));
              return group;
            }));
    Plan plan = cluster.evaluate("app");
    assertEquals(2, plan.placements().size());
    assertEquals(Map.of("web", 1L), plan.queued());
    var failed = plan.failedTaskGroups().get("web");
    assertEquals(Map.of("cpu", 2L), failed.getDimensionExhaustedMap());
    assertEquals(2, failed.getNodesExhausted());
    assertEquals(Map.of("v1:1", true), plan.blocked().orElseThrow().classEligibility());
    cluster.nodes(2);
    cluster.put(TestCluster.node(7));
    assertEquals(1, cluster.evaluate("app").placements().size());
  }

  @Test
  void filtersByConstraint() {
    cluster.nodes(2);
    cluster.register(
        TestCluster.job("batch", 2).toBuilder()
            .addConstraints(
                Constraint.newBuilder()
                    .setLTarget("${attr.kernel.name}")
                    .setOperand("=")
                    .setRTarget("windows"))
            .build());
    Plan plan = cluster.evaluate("app");
    assertTrue(plan.placements().isEmpty());
    var failed = plan.failedTaskGroups().get("web");
    assertEquals(Map.of("${attr.kernel.name} = windows", 2L), failed.getConstraintFilteredMap());
    assertEquals(1, failed.getCoalescedFailures());
    assertEquals(2L, plan.queued().get("web"));
    var blocked = plan.blocked().orElseThrow();
    assertEquals(Map.of("v1:1", false), blocked.classEligibility());
    assertFalse(blocked.wokenBy("v1:1"));
    assertTrue(blocked.wokenBy("v1:2"));
  }

  @Test
  void needsDrivers() {
    cluster.nodes(1);
    cluster.register(
        TestCluster.group(
            TestCluster.job("batch", 1),
            group -> {
              group.getTasksBuilder(0).setDriver("docker");
              return group;
            }));
    Plan plan = cluster.evaluate("app");
    assertEquals(
        Map.of("missing drivers", 1L),
        plan.failedTaskGroups().get("web").getConstraintFilteredMap());
    assertTrue(plan.blocked().orElseThrow().wokenBy("v1:1"));
  }

  @Test
  void givesPorts() {
    cluster.nodes(1);
    var network =
        NetworkResource.newBuilder()
            .setMode("host")
            .addReservedPorts(Port.newBuilder().setLabel("http").setValue(8080))
            .addDynamicPorts(Port.newBuilder().setLabel("admin").setTo(-1));
    cluster.register(
        TestCluster.group(TestCluster.job("service", 2), group -> group.addNetworks(network)));
    Plan plan = cluster.evaluate("app");
    assertEquals(1, plan.placements().size());
    var shared = plan.placements().getFirst().getAllocatedResources().getShared();
    assertEquals(
        List.of("http", "admin"),
        shared.getPortsList().stream().map(port -> port.getLabel()).toList());
    assertEquals("127.0.0.1", shared.getPorts(0).getHostIp());
    assertEquals(8080, shared.getPorts(0).getValue());
    assertTrue(shared.getPorts(1).getValue() >= 20000 && shared.getPorts(1).getValue() <= 32000);
    assertEquals(shared.getPorts(1).getValue(), shared.getPorts(1).getTo());
    assertEquals("127.0.0.1", shared.getNetworks(0).getIp());
    assertEquals(
        shared.getPorts(1).getValue(), shared.getNetworks(0).getDynamicPorts(0).getValue());
    assertEquals(
        Map.of("network: reserved port collision http=8080", 1L),
        plan.failedTaskGroups().get("web").getDimensionExhaustedMap());
  }

  @Test
  void equalSeedsGiveEqualPlans() {
    Plan first = planOf(new TestCluster().seed(7));
    Plan second = planOf(new TestCluster().seed(7));
    assertEquals(first, second);
  }

  private static Plan planOf(TestCluster cluster) {
    cluster.nodes(20);
    var network = NetworkResource.newBuilder().addDynamicPorts(Port.newBuilder().setLabel("http"));
    cluster.register(
        TestCluster.group(TestCluster.job("service", 30), group -> group.addNetworks(network)));
    return cluster.evaluate("app");
  }
}
