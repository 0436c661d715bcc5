package io.steppe.node.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.ledger.Change;
import io.steppe.ledger.FixedReplicas;
import io.steppe.ledger.MemoryLedger;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Replicas.Member;
import io.steppe.ledger.Tables;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.session.Eventually;
import io.steppe.node.session.Sessions;
import io.steppe.node.session.TestClock;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DrainSpec;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeEvent;
import io.steppe.rpc.v1.NodeChangedReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrainWatchTest {
  private static final Node NODE =
      TestNodes.any().toBuilder().setStatus("ready").setSchedulingEligibility("eligible").build();

  private final TestClock clock = new TestClock();
  private final MemoryLedger<NodeView> ledger = new MemoryLedger<>(NodeView.empty(), clock);

  @AfterEach
  void stop() {
    ledger.close();
  }

  private static Member member(String id) {
    return new Member(
        id, Sessions.SERVICE, "127.0.0.1:1", "1", Instant.EPOCH, 1, Instant.MAX, true);
  }

  private DrainWatch watch(String self, String... living) {
    List<Member> members = List.of(living).stream().map(DrainWatchTest::member).toList();
    return new DrainWatch(ledger, new FixedReplicas(self, members), Runnable::run);
  }

  private void put(Change change) {
    ledger
        .commit(
            "",
            NodeChangedReply.parser(),
            (view, index, now) ->
                new Outcome.Commit<>(List.of(change), NodeChangedReply.getDefaultInstance()))
        .await()
        .atMost(Duration.ofSeconds(10));
  }

  private void drain(long deadline, boolean ignoreSystemJobs) {
    DrainSpec spec =
        DrainSpec.newBuilder().setDeadline(deadline).setIgnoreSystemJobs(ignoreSystemJobs).build();
    put(
        new DrainUpdate(Optional.of(spec), false, Map.of(), "ops")
            .of(NodeView.empty(), NODE, ledger.snapshot().index() + 1, clock.instant())
            .orElseThrow());
  }

  private void allocation(String id, String job, String clientStatus) {
    Allocation stored =
        Allocation.newBuilder()
            .setId(id)
            .setNodeId(NODE.getId())
            .setNamespace("default")
            .setJobId(job)
            .setClientStatus(clientStatus)
            .build();
    put(Change.put(Tables.ALLOCS, id, stored.toByteString()));
  }

  private void job(String id, String type) {
    Job job = Job.newBuilder().setId(id).setNamespace("default").setType(type).build();
    put(Change.put(Tables.JOB_VERSIONS, "default/" + id + "#0", job.toByteString()));
  }

  private Node node() {
    return ledger.snapshot().view().node(NODE.getId()).orElseThrow();
  }

  private NodeEvent last() {
    return node().getEvents(node().getEventsCount() - 1);
  }

  private void awaitComplete() {
    Eventually.await("drained", () -> !node().hasDrainStrategy());
    assertEquals("complete", node().getLastDrain().getStatus());
    assertEquals("Node drain complete", last().getMessage());
    assertEquals("Drain", last().getSubsystem());
    assertFalse(node().getDrain());
    assertEquals("ineligible", node().getSchedulingEligibility());
  }

  @Test
  void theDrainOfAnEmptyNodeIsOverAtOnce() {
    watch("a", "a").follow();
    drain(0, false);
    awaitComplete();
    assertEquals(Map.of(), last().getDetailsMap());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pending", "running", "unknown"})
  void aDrainLastsWhileAnythingMayRun(String status) {
    DrainWatch watch = watch("a", "a");
    watch.follow();
    allocation("1", "web", status);
    allocation("2", "web", "complete");
    drain(0, false);
    watch.tick();
    long index = ledger.latest().await().atMost(Duration.ofSeconds(10)).index();
    assertTrue(node().hasDrainStrategy());
    assertEquals(index, ledger.snapshot().index());
    allocation("1", "web", "failed");
    awaitComplete();
  }

  @Test
  void systemJobsStayWhereTheyAreIgnored() {
    watch("a", "a").follow();
    job("logs", "system");
    job("once", "sysbatch");
    allocation("1", "logs", "running");
    allocation("2", "once", "running");
    drain(0, true);
    awaitComplete();
  }

  @Test
  void systemJobsGoWhereTheyAreNot() {
    watch("a", "a").follow();
    job("logs", "system");
    allocation("1", "logs", "running");
    drain(0, false);
    ledger.latest().await().atMost(Duration.ofSeconds(10));
    assertTrue(node().hasDrainStrategy());
    allocation("1", "logs", "complete");
    awaitComplete();
  }

  @Test
  void anEndAfterTheDeadlineSaysSo() {
    watch("a", "a").follow();
    allocation("1", "web", "running");
    drain(Duration.ofMinutes(1).toNanos(), false);
    clock.forward(Duration.ofMinutes(2));
    allocation("1", "web", "complete");
    awaitComplete();
    assertEquals(Map.of("deadline_reached", "true"), last().getDetailsMap());
  }

  @Test
  void whatNobodyFollowedIsFoundByTheNextLook() {
    allocation("1", "web", "running");
    drain(0, false);
    allocation("1", "web", "lost");
    watch("a", "a").tick();
    awaitComplete();
  }

  @Test
  void manyReplicasEndADrainOnce() {
    for (int round = 0; round < 20; round++) {
      DrainWatch one = watch("a", "a");
      DrainWatch two = watch("b", "b");
      drain(0, false);
      long before = ledger.snapshot().index();
      one.tick();
      two.tick();
      awaitComplete();
      ledger.latest().await().atMost(Duration.ofSeconds(10));
      assertEquals(before + 1, ledger.snapshot().index());
    }
  }

  @Test
  void aNodeIsTheBusinessOfOneReplica() {
    drain(0, false);
    DrainWatch one = watch("a", "a", "b");
    DrainWatch two = watch("b", "a", "b");
    one.tick();
    two.tick();
    awaitComplete();
  }

  @Test
  void aNodeThatIsPurgedMeanwhileIsNothing() {
    watch("a", "a").follow();
    allocation("1", "web", "running");
    drain(0, false);
    put(NodeChange.delete(node()));
    allocation("1", "web", "lost");
    ledger.latest().await().atMost(Duration.ofSeconds(10));
    assertTrue(ledger.snapshot().view().node(NODE.getId()).isEmpty());
  }
}
