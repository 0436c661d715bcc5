package io.steppe.alloc.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DesiredTransition;
import io.steppe.proto.v1.DisconnectStrategy;
import io.steppe.proto.v1.DrainStrategy;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.ReschedulePolicy;
import io.steppe.proto.v1.UpdateStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What becomes of the allocations of service and batch jobs when jobs, nodes and tasks change. */
class ReconcileTest {
  private final TestCluster cluster = new TestCluster().nodes(5);

  private Set<String> names() {
    return cluster.live().stream().map(Allocation::getName).collect(Collectors.toSet());
  }

  private Allocation named(String name) {
    return cluster.live().stream()
        .filter(one -> one.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void start(Job job) {
    cluster.register(job);
    cluster.evaluate(job.getId());
    cluster.run();
  }

  @Test
  void scalesUpAndDown() {
    start(TestCluster.job("service", 2));
    start(TestCluster.job("service", 4));
    assertEquals(Set.of("app.web[0]", "app.web[1]", "app.web[2]", "app.web[3]"), names());
    cluster.register(TestCluster.job("service", 1));
    Plan down = cluster.evaluate("app");
    assertEquals(Set.of("app.web[0]"), names());
    assertEquals(3, down.stops().size());
    assertEquals("alloc not needed due to job update", down.stops().getFirst().description());
    assertEquals(3, down.desiredUpdates().get("web").getStop());
    cluster.register(TestCluster.job("service", 0));
    cluster.evaluate("app");
    assertTrue(cluster.live().isEmpty());
  }

  @Test
  void fillsTheLowestFreeName() {
    start(TestCluster.job("service", 3));
    cluster.change(named("app.web[1]").getId(), changed -> changed.setDesiredStatus("stop"));
    Plan plan = cluster.evaluate("app");
    assertEquals(
        List.of("app.web[1]"), plan.placements().stream().map(Allocation::getName).toList());
  }

  @Test
  void doesNothingWhenAllIsWell() {
    start(TestCluster.job("service", 3));
    Plan plan = cluster.evaluate("app");
    assertTrue(plan.changesNothing());
    assertEquals(3, plan.desiredUpdates().get("web").getIgnore());
  }

  @Test
  void stopsAllOfAStoppedJob() {
    start(TestCluster.job("service", 3));
    cluster.stopJob("app");
    assertEquals(3, cluster.evaluate("app").stops().size());
    assertTrue(cluster.evaluate("app").changesNothing());
  }

  @Test
  void replacesWhatWasLostWithItsNode() {
    start(TestCluster.job("service", 3));
    Allocation there = named("app.web[0]");
    cluster.put(
        cluster.nodes().stream()
            .filter(n -> n.getId().equals(there.getNodeId()))
            .findFirst()
            .orElseThrow()
            .toBuilder()
            .setStatus("down")
            .build());
    long onIt =
        cluster.live().stream().filter(one -> one.getNodeId().equals(there.getNodeId())).count();
    Plan plan = cluster.evaluate("app");
    assertEquals(onIt, plan.placements().size());
    assertEquals("lost", cluster.get(there.getId()).getClientStatus());
    assertEquals("stop", cluster.get(there.getId()).getDesiredStatus());
    assertEquals(
        "alloc is lost since its node is down", cluster.get(there.getId()).getDesiredDescription());
    assertEquals(Set.of("app.web[0]", "app.web[1]", "app.web[2]"), names());
    assertEquals(there.getId(), named("app.web[0]").getPreviousAllocation());
    assertTrue(cluster.evaluate("app").changesNothing());
  }

  @Test
  void leavesWhatMustNotBeReplacedUnknown() {
    start(
        TestCluster.group(
            TestCluster.job("service", 1), group -> group.setPreventRescheduleOnLost(true)));
    Allocation there = named("app.web[0]");
    down(there);
    Plan plan = cluster.evaluate("app");
    assertTrue(plan.placements().isEmpty());
    assertEquals("unknown", cluster.get(there.getId()).getClientStatus());
    assertTrue(cluster.evaluate("app").changesNothing());
  }

  @Test
  void waitsForADisconnectedNodeAndTakesItBack() {
    start(
        TestCluster.group(
            TestCluster.job("service", 1),
            group ->
                group.setDisconnect(
                    DisconnectStrategy.newBuilder()
                        .setLostAfter(Duration.ofMinutes(10).toNanos())
                        .setReconcile("keep_original"))));
    Allocation original = named("app.web[0]");
    down(original);
    Plan away = cluster.evaluate("app");
    assertEquals(1, away.placements().size());
    assertEquals(1, away.followUps().size());
    assertEquals("unknown", cluster.get(original.getId()).getClientStatus());
    cluster.run();
    assertTrue(cluster.evaluate("app").changesNothing());
    up(original);
    cluster.change(original.getId(), changed -> changed.setClientStatus("running"));
    Plan back = cluster.evaluate("app");
    assertEquals(1, back.stops().size());
    assertEquals(
        List.of(original.getId()), cluster.live().stream().map(Allocation::getId).toList());
    assertEquals(
        "alloc not needed due to disconnected client reconnect",
        back.stops().getFirst().description());
  }

  @Test
  void givesADisconnectedNodeUpInTheEnd() {
    start(
        TestCluster.group(
            TestCluster.job("service", 1),
            group ->
                group.setDisconnect(
                    DisconnectStrategy.newBuilder()
                        .setLostAfter(Duration.ofMinutes(10).toNanos()))));
    Allocation original = named("app.web[0]");
    down(original);
    Plan away = cluster.evaluate("app");
    cluster.pass(Duration.ofMinutes(10));
    cluster.evaluate(away.followUps().getFirst());
    assertEquals("lost", cluster.get(original.getId()).getClientStatus());
    assertEquals(1, cluster.live().size());
  }

  @Test
  void waitsUntilALostOneHasStoppedItself() {
    start(
        TestCluster.group(
            TestCluster.job("service", 1),
            group ->
                group.setDisconnect(
                    DisconnectStrategy.newBuilder()
                        .setStopOnClientAfter(Duration.ofMinutes(1).toNanos()))));
    Allocation original = named("app.web[0]");
    down(original);
    Plan away = cluster.evaluate("app");
    assertTrue(away.placements().isEmpty());
    assertEquals("lost", cluster.get(original.getId()).getClientStatus());
    assertEquals(
        away.followUps().getFirst().getId(), cluster.get(original.getId()).getFollowupEvalId());
    assertTrue(cluster.evaluate("app").changesNothing());
    cluster.pass(Duration.ofMinutes(1));
    assertEquals(1, cluster.evaluate(away.followUps().getFirst()).placements().size());
    assertTrue(cluster.evaluate("app").changesNothing());
  }

  private void down(Allocation allocation) {
    status(allocation, "down");
  }

  private void up(Allocation allocation) {
    status(allocation, "ready");
  }

  private void status(Allocation allocation, String status) {
    cluster.put(
        cluster.nodes().stream()
            .filter(node -> node.getId().equals(allocation.getNodeId()))
            .findFirst()
            .orElseThrow()
            .toBuilder()
            .setStatus(status)
            .build());
  }

  @Test
  void migratesWhenAsked() {
    start(TestCluster.job("service", 2));
    Allocation there = named("app.web[1]");
    cluster.put(
        cluster.nodes().stream()
            .filter(node -> node.getId().equals(there.getNodeId()))
            .findFirst()
            .orElseThrow()
            .toBuilder()
            .setSchedulingEligibility("ineligible")
            .build());
    assertTrue(cluster.evaluate("app").changesNothing());
    cluster.change(
        there.getId(),
        changed -> changed.setDesiredTransition(DesiredTransition.newBuilder().setMigrate(true)));
    Plan plan = cluster.evaluate("app");
    assertEquals("alloc is being migrated", plan.stops().getFirst().description());
    assertNotEquals(there.getNodeId(), named("app.web[1]").getNodeId());
    assertEquals(1, plan.desiredUpdates().get("web").getMigrate());
  }

  /** Drains a node and has an allocation of it leave. */
  private Allocation drained(String name, long startedAt, DrainStrategy.Builder strategy) {
    Allocation there = named(name);
    drain(there.getNodeId(), strategy.setStartedAt(startedAt));
    cluster.change(
        there.getId(),
        changed ->
            changed.setDesiredTransition(
                DesiredTransition.newBuilder().setMigrate(true).setDrainStartedAt(startedAt)));
    return there;
  }

  private void drain(String nodeId, DrainStrategy.Builder strategy) {
    int number = Integer.parseInt(nodeId.substring(nodeId.length() - 12));
    cluster.changeNode(
        number,
        changed ->
            changed
                .setDrain(true)
                .setDrainStrategy(strategy)
                .setSchedulingEligibility("ineligible"));
  }

  private void othersGo(String nodeId) {
    for (int i = 0; i < 5; i++) {
      if (!TestCluster.nodeId(i).equals(nodeId)) {
        cluster.changeNode(i, changed -> changed.setSchedulingEligibility("ineligible"));
      }
    }
  }

  @Test
  void leavesADrainingNodeOnceItsReplacementHasAPlace() {
    start(TestCluster.job("service", 2));
    Allocation there = drained("app.web[1]", 7, DrainStrategy.newBuilder());
    othersGo(there.getNodeId());
    Plan waiting = cluster.evaluate("app");
    assertTrue(waiting.changesNothing());
    assertTrue(waiting.blocked().isPresent());
    assertEquals(1L, waiting.queued().get("web"));
    assertEquals("run", cluster.get(there.getId()).getDesiredStatus());

    cluster.put(TestCluster.node(9));
    Plan plan = cluster.evaluate("app");
    assertEquals("alloc is being migrated", plan.stops().getFirst().description());
    Allocation next = named("app.web[1]");
    assertEquals(TestCluster.nodeId(9), next.getNodeId());
    assertEquals(there.getId(), next.getPreviousAllocation());
  }

  @Test
  void leavesADrainingNodeAtItsDeadlineWhateverRoomThereIs() {
    start(TestCluster.job("service", 2));
    long soon = PlanUnderWay.nanos(cluster.now().plusSeconds(60));
    Allocation there =
        drained("app.web[1]", 7, DrainStrategy.newBuilder().setDeadline(60).setForceDeadline(soon));
    othersGo(there.getNodeId());
    assertTrue(cluster.evaluate("app").changesNothing());
    cluster.pass(Duration.ofSeconds(60));
    Plan plan = cluster.evaluate("app");
    assertEquals(there.getId(), plan.stops().getFirst().allocationId());
    assertEquals(1L, plan.queued().get("web"));
  }

  @Test
  void leavesANodeAtOnceWhenItsDrainIsForced() {
    start(TestCluster.job("service", 1));
    Allocation there = drained("app.web[0]", 7, DrainStrategy.newBuilder().setDeadline(-1));
    othersGo(there.getNodeId());
    assertEquals(there.getId(), cluster.evaluate("app").stops().getFirst().allocationId());
  }

  @Test
  void staysWhenTheDrainThatAskedItToLeaveIsOver() {
    start(TestCluster.job("service", 2));
    Allocation there = drained("app.web[1]", 7, DrainStrategy.newBuilder());
    drain(there.getNodeId(), DrainStrategy.newBuilder().setStartedAt(8));
    assertTrue(cluster.evaluate("app").changesNothing());
    int number = Integer.parseInt(there.getNodeId().substring(24));
    cluster.changeNode(number, changed -> changed.setDrain(false).clearDrainStrategy());
    assertTrue(cluster.evaluate("app").changesNothing());
  }

  @Test
  void aSystemJobLeavesOnlyTheDrainThatAskedForIt() {
    start(TestCluster.job("system", 1));
    Allocation there = named("app.web[0]");
    drained("app.web[0]", 7, DrainStrategy.newBuilder());
    Plan plan = cluster.evaluate("app");
    assertEquals(there.getId(), plan.stops().getFirst().allocationId());
    assertEquals("alloc not needed as node is tainted", plan.stops().getFirst().description());
    assertEquals(4, cluster.live().size());
  }

  @Test
  void reschedulesLaterAndThenElsewhere() {
    start(TestCluster.job("service", 1));
    Allocation failing = named("app.web[0]");
    cluster.fail(failing.getId());
    Plan later = cluster.evaluate("app");
    assertTrue(later.placements().isEmpty());
    var followUp = later.followUps().getFirst();
    assertEquals("alloc-failure", followUp.getTriggeredBy());
    assertEquals("created for delayed rescheduling", followUp.getStatusDescription());
    assertEquals(
        Duration.ofSeconds(30).toNanos(),
        followUp.getWaitUntil() - PlanUnderWay.nanos(cluster.now()));
    assertEquals(followUp.getId(), cluster.get(failing.getId()).getFollowupEvalId());
    assertTrue(cluster.evaluate("app").changesNothing());
    cluster.pass(Duration.ofSeconds(30));
    Plan now = cluster.evaluate(followUp);
    Allocation next = now.placements().getFirst();
    assertEquals(failing.getId(), next.getPreviousAllocation());
    assertNotEquals(failing.getNodeId(), next.getNodeId());
    assertEquals(failing.getId(), next.getRescheduleTracker().getEvents(0).getPrevAllocId());
    assertEquals(
        Duration.ofSeconds(30).toNanos(), next.getRescheduleTracker().getEvents(0).getDelay());
    assertEquals("stop", cluster.get(failing.getId()).getDesiredStatus());
    assertEquals(
        "alloc was rescheduled because it failed",
        cluster.get(failing.getId()).getDesiredDescription());
    cluster.run();
    cluster.fail(next.getId());
    Plan second = cluster.evaluate("app");
    assertEquals(
        Duration.ofSeconds(60).toNanos(),
        second.followUps().getFirst().getWaitUntil() - PlanUnderWay.nanos(cluster.now()));
  }

  @Test
  void givesUpWhenAttemptsAreUsedUp() {
    start(
        TestCluster.group(
            TestCluster.job("batch", 1),
            group ->
                group.setReschedulePolicy(
                    ReschedulePolicy.newBuilder()
                        .setAttempts(1)
                        .setInterval(Duration.ofHours(24).toNanos())
                        .setDelay(Duration.ofSeconds(5).toNanos())
                        .setDelayFunction("constant"))));
    cluster.fail(named("app.web[0]").getId());
    var followUp = cluster.evaluate("app").followUps().getFirst();
    cluster.pass(Duration.ofSeconds(5));
    cluster.evaluate(followUp);
    cluster.run();
    cluster.fail(named("app.web[0]").getId());
    assertTrue(cluster.evaluate("app").changesNothing());
    cluster.pass(Duration.ofHours(1));
    assertTrue(cluster.evaluate("app").changesNothing());
  }

  @Test
  void keepsAFailedOneUntilItsReplacementFinds() {
    start(TestCluster.job("service", 1));
    Allocation failing = named("app.web[0]");
    cluster.fail(failing.getId());
    var followUp = cluster.evaluate("app").followUps().getFirst();
    cluster.pass(Duration.ofSeconds(30));
    List.copyOf(cluster.nodes())
        .forEach(
            node -> cluster.put(node.toBuilder().setSchedulingEligibility("ineligible").build()));
    Plan noRoom = cluster.evaluate(followUp);
    assertTrue(noRoom.stops().isEmpty());
    assertTrue(noRoom.blocked().isPresent());
    List.copyOf(cluster.nodes())
        .forEach(
            node -> cluster.put(node.toBuilder().setSchedulingEligibility("eligible").build()));
    assertEquals(1, cluster.evaluate("app").placements().size());
  }

  @Test
  void runsABatchJobOnce() {
    start(TestCluster.job("batch", 2));
    cluster.complete(named("app.web[0]").getId());
    assertTrue(cluster.evaluate("app").changesNothing());
    cluster.complete(named("app.web[1]").getId());
    assertTrue(cluster.evaluate("app").changesNothing());
    cluster.register(TestCluster.job("batch", 2).toBuilder().putMeta("run", "2").build());
    assertEquals(2, cluster.evaluate("app").placements().size());
  }

  @Test
  void startsACompletedServiceAgain() {
    start(TestCluster.job("service", 1));
    cluster.complete(named("app.web[0]").getId());
    assertEquals(1, cluster.evaluate("app").placements().size());
  }

  @Test
  void updatesAFewAtATime() {
    Job job = updating(5, 2);
    start(job);
    cluster.register(changed(job));
    Plan first = cluster.evaluate("app");
    assertEquals(2, first.placements().size());
    assertEquals(2, first.stops().size());
    assertEquals(
        "alloc is being updated due to job update", first.stops().getFirst().description());
    assertTrue(first.rolloutWaiting());
    assertTrue(cluster.evaluate("app").changesNothing());
    cluster.run();
    assertEquals(2, cluster.evaluate("app").placements().size());
    cluster.run();
    Plan last = cluster.evaluate("app");
    assertEquals(1, last.placements().size());
    assertFalse(last.rolloutWaiting());
    assertEquals(5, cluster.live().size());
    assertTrue(cluster.live().stream().allMatch(one -> one.getJobVersion() == 1));
  }

  private static Job updating(int count, int atOnce) {
    return TestCluster.group(
        TestCluster.job("service", count),
        group -> group.setUpdate(UpdateStrategy.newBuilder().setMaxParallel(atOnce)));
  }

  private static Job changed(Job job) {
    return TestCluster.group(
        job,
        group -> {
          group.getTasksBuilder(0).putEnv("VERSION", "2");
          return group;
        });
  }

  @Test
  void updatesInPlaceWhatCanGoOn() {
    start(TestCluster.job("service", 3));
    cluster.register(
        TestCluster.group(
            TestCluster.job("service", 3),
            group -> {
              group.getTasksBuilder(0).setKillTimeout(Duration.ofSeconds(9).toNanos());
              return group;
            }));
    Plan plan = cluster.evaluate("app");
    assertEquals(3, plan.inPlaceUpdates().size());
    assertTrue(plan.placements().isEmpty());
    assertTrue(cluster.live().stream().allMatch(one -> one.getJobVersion() == 1));
    assertTrue(cluster.evaluate("app").changesNothing());
  }

  @Test
  void keepsTheOldOneWhenTheNewOneHasNoRoom() {
    Job job = updating(1, 1);
    start(job);
    cluster.register(
        TestCluster.group(
            job,
            group -> {
              group.getTasksBuilder(0).getResourcesBuilder().setCpu(1_000_000);
              return group;
            }));
    Plan plan = cluster.evaluate("app");
    assertTrue(plan.stops().isEmpty());
    assertEquals(Map.of("web", 1L), plan.queued());
    assertEquals(1, cluster.live().size());
  }

  @Test
  void endsAGroupThatIsGone() {
    start(TestCluster.job("service", 2));
    Job job = TestCluster.job("service", 1);
    start(
        job.toBuilder().setTaskGroups(0, job.getTaskGroups(0).toBuilder().setName("api")).build());
    assertEquals(Set.of("app.api[0]"), names());
  }

  @Test
  void readsTheWholeOfARoomBack() {
    start(TestCluster.job("service", 100));
    assertEquals(100, cluster.live().size());
    cluster.stopJob("app");
    cluster.evaluate("app");
    cluster.settle();
    cluster.nodes().forEach(node -> assertEquals(0, cluster.fleet().load(node.getId()).cpu()));
  }
}
