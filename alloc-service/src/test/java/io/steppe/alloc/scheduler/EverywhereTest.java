package io.steppe.alloc.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.DesiredTransition;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.UpdateStrategy;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** System and sysbatch jobs follow the nodes. */
class EverywhereTest {
  private final TestCluster cluster = new TestCluster().nodes(3);

  private Set<String> served() {
    return cluster.live().stream().map(one -> one.getNodeId()).collect(Collectors.toSet());
  }

  @Test
  void runsOnEveryNodeAndOnNewOnes() {
    cluster.register(TestCluster.job("system", 1));
    Plan plan = cluster.evaluate("app");
    assertEquals(3, plan.placements().size());
    assertEquals("app.web[0]", plan.placements().getFirst().getName());
    cluster.put(TestCluster.node(9));
    assertEquals(1, cluster.evaluate("app").placements().size());
    assertEquals(4, served().size());
    assertTrue(cluster.evaluate("app").changesNothing());
  }

  @Test
  void leavesNodesThatNoLongerSuit() {
    Job job =
        TestCluster.job("system", 1).toBuilder()
            .addConstraints(
                Constraint.newBuilder()
                    .setLTarget("${meta.tier}")
                    .setOperand("!=")
                    .setRTarget("db"))
            .build();
    cluster.register(job);
    cluster.evaluate("app");
    cluster.changeNode(1, node -> node.putMeta("tier", "db").setComputedClass("v1:2"));
    Plan plan = cluster.evaluate("app");
    assertEquals(1, plan.stops().size());
    assertTrue(plan.failedTaskGroups().isEmpty());
    assertEquals(Set.of(TestCluster.nodeId(0), TestCluster.nodeId(2)), served());
  }

  @Test
  void losesAndLeaves() {
    cluster.register(TestCluster.job("system", 1));
    cluster.evaluate("app");
    cluster.run();
    cluster.changeNode(0, node -> node.setStatus("down"));
    Plan lost = cluster.evaluate("app");
    assertEquals("lost", lost.stops().getFirst().clientStatus().orElseThrow());
    assertTrue(lost.placements().isEmpty());
    cluster.changeNode(1, node -> node.setSchedulingEligibility("ineligible"));
    assertTrue(cluster.evaluate("app").changesNothing());
    var there =
        cluster.live().stream()
            .filter(one -> one.getNodeId().equals(TestCluster.nodeId(1)))
            .findFirst()
            .orElseThrow();
    cluster.change(
        there.getId(),
        one -> one.setDesiredTransition(DesiredTransition.newBuilder().setMigrate(true)));
    cluster.evaluate("app");
    assertEquals(Set.of(TestCluster.nodeId(2)), served());
  }

  @Test
  void updatesAFewAtATime() {
    Job job =
        TestCluster.group(
            TestCluster.job("system", 1),
            group -> group.setUpdate(UpdateStrategy.newBuilder().setMaxParallel(2)));
    cluster.register(job);
    cluster.evaluate("app");
    cluster.run();
    cluster.register(
        TestCluster.group(
            job,
            group -> {
              group.getTasksBuilder(0).putEnv("VERSION", "2");
              return group;
            }));
    Plan first = cluster.evaluate("app");
    assertEquals(2, first.placements().size());
    assertTrue(first.rolloutWaiting());
    cluster.run();
    assertEquals(1, cluster.evaluate("app").placements().size());
    assertEquals(3, served().size());
  }

  @Test
  void saysWhereThereIsNoRoom() {
    cluster.register(
        TestCluster.group(
            TestCluster.job("system", 1),
            group -> {
              group.getTasksBuilder(0).getResourcesBuilder().setMemoryMb(1_000_000);
              return group;
            }));
    Plan plan = cluster.evaluate("app");
    assertEquals(3L, plan.queued().get("web"));
    assertEquals(2, plan.failedTaskGroups().get("web").getCoalescedFailures());
    assertEquals(1L, plan.failedTaskGroups().get("web").getDimensionExhaustedOrThrow("memory"));
  }

  @Test
  void doesNotStartAFailedOneOverAndOver() {
    cluster.register(TestCluster.job("system", 1));
    cluster.evaluate("app");
    cluster.run();
    cluster.fail(cluster.live().getFirst().getId());
    var failure = cluster.evaluation("app").toBuilder().setTriggeredBy("alloc-failure").build();
    assertTrue(cluster.evaluate(failure).changesNothing());
    assertEquals(1, cluster.evaluate("app").placements().size());
  }

  @Test
  void runsSysbatchOnceANode() {
    cluster.register(TestCluster.job("sysbatch", 1));
    cluster.evaluate("app");
    cluster.run();
    cluster.live().forEach(one -> cluster.complete(one.getId()));
    assertTrue(cluster.evaluate("app").changesNothing());
    cluster.put(TestCluster.node(9));
    assertEquals(1, cluster.evaluate("app").placements().size());
    cluster.register(TestCluster.job("sysbatch", 1).toBuilder().putMeta("run", "2").build());
    cluster.run();
    cluster.live().forEach(one -> cluster.complete(one.getId()));
    assertEquals(4, cluster.evaluate("app").placements().size());
  }
}
