package io.steppe.node.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Change;
import io.steppe.ledger.FixedReplicas;
import io.steppe.ledger.MemoryLedger;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DisconnectStrategy;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeEvent;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AllocationsForNode;
import io.steppe.rpc.v1.Registered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentSessionTest {
  private static final Node NODE = TestNodes.any();
  private static final String SECRET = "the-node's-secret";
  private static final Job JOB =
      Job.newBuilder().setId("web").setNamespace("default").setVersion(3).build();

  private final TestClock clock = new TestClock();
  private final List<AutoCloseable> open = new ArrayList<>();
  private FixedReplicas replicas;
  private MemorySessionRows rows;
  private MemoryLedger<NodeView> ledger;
  private TestAllocService allocService;
  private TestReplica replica;

  @BeforeEach
  void start() throws Exception {
    replicas = new FixedReplicas("node-0", List.of(TestReplica.member("node-0", 1, 1)));
    rows = new MemorySessionRows(() -> replicas);
    ledger = new MemoryLedger<>(NodeView.empty(), clock, guard -> rows.holds(guard));
    allocService = new TestAllocService();
    replica = new TestReplica(ledger, rows, replicas, allocService, clock);
    open.addAll(List.of(replica, allocService, ledger));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private TestAgent agent() {
    TestAgent agent = new TestAgent(replica.port());
    open.addFirst(agent);
    return agent;
  }

  private Node node() {
    return ledger.snapshot().view().node(NODE.getId()).orElseThrow();
  }

  private void put(Change... changes) {
    commit(List.of(changes));
  }

  private long commit(List<Change> changes) {
    Uni<Registered> committed =
        ledger.commit(
            "",
            Registered.parser(),
            (view, index, now) ->
                new Outcome.Commit<>(changes, Registered.newBuilder().setIndex(index).build()));
    return committed.await().atMost(Duration.ofSeconds(10)).getIndex();
  }

  private static Allocation allocation(String id) {
    return Allocation.newBuilder()
        .setId(id)
        .setNodeId(NODE.getId())
        .setNamespace("default")
        .setJobId("web")
        .setJobVersion(3)
        .setTaskGroup("web")
        .setDesiredStatus("run")
        .setClientStatus("pending")
        .build();
  }

  private static Change put(Allocation allocation) {
    return Change.put(Tables.ALLOCS, allocation.getId(), allocation.toByteString());
  }

  private static Change job() {
    return Change.put(Tables.JOB_VERSIONS, "default/web#3", JOB.toByteString());
  }

  @Test
  void aNewNodeRegistersAndIsReady() {
    TestAgent agent = agent().register(NODE, SECRET);
    Registered registered = agent.awaitRegistered();
    assertEquals("ready", node().getStatus());
    assertTrue(registered.getHeartbeatTtl() >= TestReplica.TTL.toNanos());
    assertEquals(List.of("127.0.0.1:1"), registered.getServersList());
    assertEquals(2, registered.getIndex());
    AllocationsForNode all =
        agent.await("allocations", down -> down.hasAllocations()).getAllocations();
    assertTrue(all.getFull() && all.getLast());
    assertEquals(0, all.getAllocationsCount());
  }

  @Test
  void anUnchangedNodeThatReconnectsWritesNothing() {
    agent().register(NODE, SECRET).awaitRegistered();
    long index = ledger.snapshot().index();
    TestAgent again = agent().register(NODE, SECRET);
    again.awaitRegistered();
    assertEquals(index, ledger.snapshot().index());
    again.heartbeat().await("heartbeat", down -> down.hasHeartbeat());
    assertEquals(index, ledger.snapshot().index());
  }

  @Test
  void aPurgedNodeWhoseAgentIsAliveRegistersAgain() {
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    long created = node().getCreateIndex();
    put(NodeChange.delete(node()));
    assertEquals(Status.Code.ABORTED, agent.awaitEnd().getCode());
    agent().register(NODE, "another secret").awaitRegistered();
    assertEquals("ready", node().getStatus());
    assertTrue(node().getCreateIndex() > created);
  }

  /** The job's group lets its allocations wait for a node for so long. */
  private void waiting(Duration lostAfter) {
    Job job =
        JOB.toBuilder()
            .addTaskGroups(
                TaskGroup.newBuilder()
                    .setName("web")
                    .setDisconnect(
                        DisconnectStrategy.newBuilder().setLostAfter(lostAfter.toNanos())))
            .build();
    put(
        Change.put(Tables.JOB_VERSIONS, "default/web#3", job.toByteString()),
        put(allocation("a").toBuilder().setClientStatus("running").build()));
  }

  private void tickUntil(String status) {
    Eventually.await(
        status,
        () -> {
          replica.watch.tick();
          return node().getStatus().equals(status);
        });
  }

  @Test
  void aSilentNodeThatAllocationsWaitForIsDisconnectedThenDown() {
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    waiting(Duration.ofMinutes(10));
    clock.forward(TestReplica.TOO_LATE);
    tickUntil("disconnected");
    assertEquals(Status.Code.ABORTED, agent.awaitEnd().getCode());
    long index = ledger.snapshot().index();
    clock.forward(Duration.ofMinutes(5));
    for (int i = 0; i < 5; i++) {
      replica.watch.tick();
    }
    assertEquals(index, ledger.snapshot().index());
    assertEquals("disconnected", node().getStatus());
    clock.forward(Duration.ofMinutes(6));
    tickUntil("down");
  }

  @Test
  void aDisconnectedNodeThatComesBackIsReady() {
    agent().register(NODE, SECRET).awaitRegistered();
    waiting(Duration.ofMinutes(10));
    clock.forward(TestReplica.TOO_LATE);
    tickUntil("disconnected");
    agent().register(NODE, SECRET).awaitRegistered();
    assertEquals("ready", node().getStatus());
    assertEquals(
        "Node reregistered by heartbeat",
        node().getEvents(node().getEventsCount() - 1).getMessage());
  }

  @Test
  void aDisconnectedNodeThatNothingWaitsForAnyMoreIsDown() {
    agent().register(NODE, SECRET).awaitRegistered();
    waiting(Duration.ofDays(365));
    clock.forward(TestReplica.TOO_LATE);
    tickUntil("disconnected");
    put(put(allocation("a").toBuilder().setClientStatus("lost").build()));
    Eventually.await(
        "down",
        () -> {
          clock.forward(Duration.ofSeconds(1));
          replica.watch.tick();
          return node().getStatus().equals("down");
        });
  }

  @Test
  void aWrongSecretIsDeniedAndChangesNothing() {
    TestAgent right = agent().register(NODE, SECRET);
    right.awaitRegistered();
    Node before = node();
    Node changed = NODE.toBuilder().setName("taken over").build();
    Status status = agent().register(changed, "guessed").awaitEnd();
    assertEquals(Status.Code.PERMISSION_DENIED, status.getCode());
    assertEquals(before, node());
    right.heartbeat().await("heartbeat", down -> down.hasHeartbeat());
  }

  @Test
  void whatIsNoNodeIsRefused() {
    Status status = agent().register(NODE.toBuilder().setId("x").build(), SECRET).awaitEnd();
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
    assertEquals(Status.Code.INVALID_ARGUMENT, agent().register(NODE, "").awaitEnd().getCode());
    assertEquals(Status.Code.INVALID_ARGUMENT, agent().heartbeat().awaitEnd().getCode());
    assertEquals(0, ledger.snapshot().index());
  }

  @Test
  void theNewestSessionWins() {
    TestAgent first = agent().register(NODE, SECRET);
    first.awaitRegistered();
    TestAgent second = agent().register(NODE, SECRET);
    second.awaitRegistered();
    assertEquals(Status.Code.ABORTED, first.awaitEnd().getCode());
    second.heartbeat().await("heartbeat", down -> down.hasHeartbeat());
    assertTrue(second.open());
  }

  @Test
  void aSilentNodeIsDownAndComesBack() {
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    replica.watch.tick();
    clock.forward(TestReplica.TTL);
    replica.watch.tick();
    assertEquals("ready", node().getStatus());
    clock.forward(TestReplica.TOO_LATE);
    replica.watch.tick();
    assertEquals(Status.Code.ABORTED, agent.awaitEnd().getCode());
    assertEquals("down", node().getStatus());

    agent().register(NODE, SECRET).awaitRegistered();
    assertEquals("ready", node().getStatus());
    assertEquals(
        List.of("Node registered", "Node heartbeat missed", "Node reregistered by heartbeat"),
        node().getEventsList().stream().map(NodeEvent::getMessage).toList());
  }

  @Test
  void aHeartbeatKeepsANodeReady() {
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    for (int beats = 1; beats <= 5; beats++) {
      clock.forward(TestReplica.TTL);
      int expected = beats;
      agent.heartbeat();
      Eventually.await(
          "heartbeat",
          () -> agent.received().stream().filter(down -> down.hasHeartbeat()).count() == expected);
      replica.watch.tick();
    }
    assertEquals("ready", node().getStatus());
    assertTrue(agent.open());
  }

  @Test
  void anAgentThatIsGoneStaysReadyUntilItsTime() {
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    agent.close();
    Eventually.await("silence", () -> replica.sessions.live(NODE.getId()).isEmpty());
    replica.watch.tick();
    assertEquals("ready", node().getStatus());
    clock.forward(TestReplica.TOO_LATE);
    replica.watch.tick();
    Eventually.await("down", () -> node().getStatus().equals("down"));
  }

  @Test
  void allocationsComeWholeAndThenAsTheyChange() {
    put(job(), put(allocation("a")), put(allocation("b")));
    TestAgent agent = agent().register(NODE, SECRET);
    Eventually.await("two allocations", () -> agent.allocations().size() == 2);
    assertEquals(JOB, agent.allocations().get("a").getJob());

    put(put(allocation("a").toBuilder().setDesiredStatus("stop").build()));
    Eventually.await(
        "a stopped", () -> agent.allocations().get("a").getDesiredStatus().equals("stop"));
    put(put(allocation("c")));
    Eventually.await("c", () -> agent.allocations().containsKey("c"));
    put(Change.delete(Tables.ALLOCS, "b"));
    Eventually.await("b gone", () -> !agent.allocations().containsKey("b"));
    assertEquals(1, agent.allocationMessages().filter(AllocationsForNode::getFull).count());
  }

  @Test
  void whatAnAgentReportedDoesNotComeBack() {
    put(job(), put(allocation("a")));
    TestAgent agent = agent().register(NODE, SECRET);
    Eventually.await("a", () -> agent.allocations().containsKey("a"));
    put(put(allocation("a").toBuilder().setClientStatus("running").setModifyIndex(9).build()));
    put(put(allocation("b")));
    Eventually.await("b", () -> agent.allocations().containsKey("b"));
    assertEquals("pending", agent.allocations().get("a").getClientStatus());
  }

  @Test
  void manyAllocationsComeInChunksUnderOneMebibyte() {
    Job large = JOB.toBuilder().putMeta("filler", "x".repeat(100_000)).build();
    List<Change> changes = new ArrayList<>();
    changes.add(Change.put(Tables.JOB_VERSIONS, "default/web#3", large.toByteString()));
    for (int i = 0; i < 50; i++) {
      changes.add(put(allocation(UUID.randomUUID().toString())));
    }
    commit(changes);
    TestAgent agent = agent().register(NODE, SECRET);
    Eventually.await(
        "last chunk", () -> agent.allocationMessages().anyMatch(AllocationsForNode::getLast));
    assertEquals(50, agent.allocations().size());
    assertTrue(agent.allocationMessages().count() > 4);
    assertTrue(agent.allocationMessages().allMatch(one -> one.getSerializedSize() < 1 << 20));
    assertTrue(agent.allocationMessages().allMatch(AllocationsForNode::getFull));
    assertEquals(1, agent.allocationMessages().filter(AllocationsForNode::getLast).count());
  }

  @Test
  void updatesArePassedOnAndAcknowledgedOnceCommitted() {
    put(job(), put(allocation("a")));
    AtomicBoolean away = new AtomicBoolean(true);
    allocService.answerWith(
        _ -> away.get() ? Optional.of(Failure.conflict("not now")) : Optional.empty());
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    agent.update(7, allocation("a").toBuilder().setClientStatus("running").build());
    Eventually.await("two attempts", () -> allocService.requests().size() >= 2);
    assertEquals(List.of(), agent.acknowledged());
    away.set(false);
    Eventually.await("acknowledged", () -> agent.acknowledged().equals(List.of(7L)));
    assertEquals(
        1,
        allocService.requests().stream()
            .map(one -> one.getCaller().getRequestId())
            .distinct()
            .count());
    assertFalse(allocService.requests().getFirst().getCaller().getAccessorId().isEmpty());
  }

  @Test
  void theLatestStateGoesWhenManyWait() {
    put(job(), put(allocation("a")));
    AtomicBoolean away = new AtomicBoolean(true);
    allocService.answerWith(
        _ -> away.get() ? Optional.of(Failure.conflict("not now")) : Optional.empty());
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    agent.update(1, allocation("a"));
    Eventually.await("first attempt", () -> !allocService.requests().isEmpty());
    for (int i = 2; i <= 20; i++) {
      agent.update(i, allocation("a").toBuilder().setClientDescription("state " + i).build());
    }
    agent.heartbeat().await("all read", down -> down.hasHeartbeat());
    away.set(false);
    Eventually.await("all acknowledged", () -> agent.acknowledged().size() == 20);
    var last = allocService.requests().getLast();
    assertEquals(1, last.getAllocationsCount());
    assertEquals("state 20", last.getAllocations(0).getClientDescription());
  }

  @Test
  void updatesThatAreRefusedHoldUpNobody() {
    put(job(), put(allocation("bad")), put(allocation("good")));
    allocService.answerWith(
        request ->
            request.getAllocationsList().stream().anyMatch(one -> one.getId().equals("bad"))
                ? Optional.of(Failure.invalid("bad"))
                : Optional.empty());
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    agent.update(1, allocation("bad")).update(2, allocation("bad")).update(3, allocation("good"));
    Eventually.await("acknowledged", () -> agent.acknowledged().containsAll(List.of(1L, 2L, 3L)));
    assertTrue(
        allocService.requests().stream()
            .anyMatch(
                one -> one.getAllocationsList().stream().allMatch(a -> a.getId().equals("good"))));
  }

  @Test
  void anAgentIsNotHeardForOthersAllocations() {
    Allocation others =
        allocation("theirs").toBuilder().setNodeId(UUID.randomUUID().toString()).build();
    put(job(), put(others));
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    agent.update(1, others);
    Eventually.await("acknowledged", () -> agent.acknowledged().equals(List.of(1L)));
    assertEquals(List.of(), allocService.requests());
  }

  @Test
  void aChangedFingerprintIsWritten() {
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    agent.fingerprint(NODE.toBuilder().putAttributes("kernel.version", "7").build());
    Eventually.await(
        "attribute", () -> node().getAttributesOrDefault("kernel.version", "").equals("7"));
    assertEquals("ready", node().getStatus());
    assertTrue(agent.open());
  }

  @Test
  void aReplicaWithoutLeaseTakesNoSessionsAndGivesItsOwnUp() {
    TestAgent agent = agent().register(NODE, SECRET);
    agent.awaitRegistered();
    replica.watch.tick();
    replicas.set(List.of(TestReplica.member("node-0", 2, 1)));
    clock.forward(TestReplica.TOO_LATE);
    replica.watch.tick();
    assertEquals(Status.Code.UNAVAILABLE, agent.awaitEnd().getCode());
    assertEquals("ready", node().getStatus());
    replica.watch.tick();
    Eventually.await("adopted again", () -> replica.sessions.of(NODE.getId()).isPresent());
    // Each look is later than the one before: the adopted session may have been at its beginning
    // still, and a mark-down that failed is tried again after a while.
    Eventually.await(
        "down",
        () -> {
          clock.forward(TestReplica.TOO_LATE);
          replica.watch.tick();
          return node().getStatus().equals("down");
        });
  }
}
