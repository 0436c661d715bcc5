package io.steppe.alloc.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.view.Cluster;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Region;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.Service;
import io.steppe.proto.v1.ServiceCheck;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which allocations leave draining nodes, and when. */
class JobDrainTest {
  private static final Duration NONE = Duration.ZERO;
  private static final Duration FORCE = Duration.ofNanos(-1);

  private final Cluster cluster = new Cluster(1);

  /** All of a job on one node, with another one free. */
  private void startOn(String node, Job job) {
    cluster.put(node(node));
    cluster.start(job);
    cluster.put(node("free"));
  }

  private static Node node(String id) {
    return Region.node(id, 4_000, 8_000).toBuilder()
        .putAttributes("nomad.service_discovery", "true")
        .build();
  }

  private Draining decision(String job) {
    return Looks.decision(cluster, job);
  }

  private Set<String> ids() {
    return cluster.live().stream().map(Allocation::getId).collect(Collectors.toSet());
  }

  @Test
  void asManyLeaveAsMayBeMissing() {
    startOn("n", Cluster.service("web", 6, 2));
    cluster.drain("n", NONE, false);
    assertEquals(2, decision("web").leave().size());
    Looks.look(cluster);
    assertEquals(2, cluster.asked().size());
    assertTrue(decision("web").leave().isEmpty());
  }

  @Test
  void theNextLeaveWhenReplacementsAreHealthy() {
    startOn("n", Cluster.service("web", 3, 1));
    cluster.drain("n", NONE, false);
    Looks.look(cluster);
    cluster.schedule();
    cluster.run();
    assertTrue(decision("web").leave().isEmpty());
    cluster.pass(Duration.ofSeconds(10));
    assertTrue(decision("web").leave().isEmpty());
    cluster.judge();
    assertEquals(1, decision("web").leave().size());
  }

  @Test
  void aReplacementThatRunsCountsThoughItsAgentSaysNothing() {
    startOn("n", Cluster.service("web", 3, 1));
    cluster.drain("n", NONE, false);
    Looks.look(cluster);
    cluster.schedule();
    cluster.run();
    var next = decision("web").next();
    assertEquals(Duration.ofSeconds(15).toNanos(), next - cluster.now());
    cluster.pass(Duration.ofSeconds(15));
    assertEquals(1, decision("web").leave().size());
  }

  @Test
  void whereChecksCountRunningIsNotEnough() {
    var job = Cluster.service("web", 3, 1).toBuilder();
    job.getTaskGroupsBuilder(0)
        .addServices(
            Service.newBuilder()
                .setName("web")
                .setProvider("nomad")
                .addChecks(ServiceCheck.newBuilder()))
        .getMigrateBuilder()
        .setHealthCheck("checks");
    startOn("n", job.build());
    cluster.drain("n", NONE, false);
    Looks.look(cluster);
    cluster.schedule();
    cluster.run();
    cluster.pass(Duration.ofMinutes(4));
    assertTrue(decision("web").leave().isEmpty());
    // Its time to become healthy is over: it holds the others up no longer.
    cluster.pass(Duration.ofMinutes(2));
    assertEquals(1, decision("web").leave().size());
  }

  @Test
  void anUnhealthyReplacementDoesNotHoldTheRestUp() {
    startOn("n", Cluster.service("web", 3, 1));
    cluster.drain("n", NONE, false);
    Looks.look(cluster);
    cluster.schedule();
    cluster.run();
    cluster.health(cluster.liveOn("free").getFirst(), false);
    assertEquals(1, decision("web").leave().size());
  }

  @Test
  void whatDoesNotWorkLeavesAtOnce() {
    startOn("n", Cluster.service("web", 3, 1));
    cluster.live().forEach(each -> cluster.health(each, false));
    cluster.drain("n", NONE, false);
    assertEquals(ids(), decision("web").leave());
  }

  @Test
  void aGroupThatLacksSomeGivesNoMoreAway() {
    startOn("n", Cluster.service("web", 3, 1));
    var one = cluster.live().iterator().next();
    cluster.report(one.toBuilder().setClientStatus("failed").build());
    cluster.drain("n", NONE, false);
    assertTrue(decision("web").leave().isEmpty());
    // Nobody will replace it any more: the others can't wait for that.
    cluster.pass(Duration.ofMinutes(5));
    assertEquals(1, decision("web").leave().size());
  }

  @Test
  void atTheDeadlineAllThatIsLeftLeaves() {
    startOn("n", Cluster.service("web", 6, 1));
    cluster.drain("n", Duration.ofMinutes(1), false);
    Looks.look(cluster);
    assertEquals(1, cluster.asked().size());
    cluster.pass(Duration.ofMinutes(1));
    assertEquals(5, decision("web").leave().size());
  }

  @Test
  void aForcedDrainDoesNotWait() {
    startOn("n", Cluster.service("web", 6, 1));
    cluster.drain("n", FORCE, false);
    assertEquals(ids(), decision("web").leave());
  }

  @Test
  void whatWaitsForRoomGoesAtTheDeadline() {
    cluster.put(Region.node("n", 4_000, 8_000));
    cluster.start(Cluster.service("web", 1, 1));
    cluster.drain("n", Duration.ofMinutes(1), false);
    Looks.look(cluster);
    cluster.schedule();
    assertEquals(1, cluster.asked().size());
    assertFalse(decision("web").changes());
    cluster.pass(Duration.ofMinutes(1));
    assertTrue(decision("web").evaluate());
    Looks.look(cluster);
    assertFalse(decision("web").changes());
    cluster.schedule();
    assertTrue(cluster.live().isEmpty());
  }

  @Test
  void batchJobsHaveUntilTheDeadline() {
    startOn("n", Region.job("work", "batch", 2));
    cluster.drain("n", Duration.ofMinutes(1), false);
    assertTrue(decision("work").leave().isEmpty());
    assertEquals(Duration.ofMinutes(1).toNanos(), decision("work").next() - cluster.now());
    cluster.pass(Duration.ofMinutes(1));
    assertEquals(2, decision("work").leave().size());
  }

  @Test
  void batchJobsWithoutADeadlineMayTakeForEver() {
    startOn("n", Region.job("work", "batch", 2));
    cluster.drain("n", NONE, false);
    cluster.pass(Duration.ofDays(100));
    var decision = decision("work");
    assertTrue(decision.leave().isEmpty());
    assertFalse(decision.over());
    assertEquals(Long.MAX_VALUE, decision.next());
  }

  @Test
  void systemJobsLeaveLast() {
    cluster.put(Region.node("n", 4_000, 8_000));
    cluster.start(Region.job("everywhere", "system", 1));
    cluster.start(Cluster.service("web", 1, 1));
    cluster.put(Region.node("free", 4_000, 8_000));
    cluster.drain("n", NONE, false);
    Looks.look(cluster, new JobKey("default", "web"));
    cluster.schedule();
    assertTrue(decision("everywhere").leave().isEmpty());
    // Told to end is not ended: the system job may still have to do with it.
    cluster.run();
    assertEquals(1, decision("everywhere").leave().size());
  }

  @Test
  void systemJobsLeaveAtTheDeadlineWhateverIsLeft() {
    cluster.put(Region.node("n", 4_000, 8_000));
    cluster.start(Region.job("everywhere", "sysbatch", 1));
    cluster.start(Region.job("work", "batch", 1));
    cluster.drain("n", Duration.ofMinutes(1), false);
    assertTrue(decision("everywhere").leave().isEmpty());
    cluster.pass(Duration.ofMinutes(1));
    assertEquals(1, decision("everywhere").leave().size());
  }

  @Test
  void systemJobsStayWhereTheDrainIgnoresThem() {
    startOn("n", Region.job("everywhere", "system", 1));
    cluster.drain("n", FORCE, true);
    assertTrue(decision("everywhere").leave().isEmpty());
  }

  @Test
  void aDrainThatWasCanceledAndBeginsAnewAsksAnew() {
    startOn("n", Cluster.service("web", 2, 1));
    cluster.drain("n", NONE, false);
    Looks.look(cluster);
    cluster.change("n", node -> node.setDrain(false).clearDrainStrategy());
    cluster.schedule();
    assertEquals(2, cluster.liveOn("n").size());
    cluster.pass(Duration.ofSeconds(1));
    cluster.drain("n", NONE, false);
    assertEquals(1, decision("web").leave().size());
  }

  @Test
  void aJobThatWasStoppedIsLeftAlone() {
    startOn("n", Cluster.service("web", 2, 1));
    cluster.edit(
        edit ->
            edit.putVersion(
                edit.view().job(new JobKey("default", "web")).orElseThrow().toBuilder()
                    .setStop(true)
                    .build(),
                "JobDeregistered"));
    cluster.drain("n", FORCE, false);
    assertFalse(decision("web").changes());
  }

  @Test
  void aJobWithNothingOnDrainingNodesIsOver() {
    startOn("n", Cluster.service("web", 2, 1));
    cluster.drain("free", NONE, false);
    assertTrue(decision("web").over());
  }
}
