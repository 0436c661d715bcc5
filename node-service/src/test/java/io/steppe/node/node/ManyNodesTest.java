package io.steppe.node.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Change;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.MemoryLedger;
import io.steppe.ledger.Outcome;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.session.TestClock;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.DrainSpec;
import io.steppe.proto.v1.Node;
import io.steppe.query.Filter;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ChangeNodesReply;
import io.steppe.rpc.v1.ChangeNodesRequest;
import io.steppe.rpc.v1.NodeChangedReply;
import io.steppe.rpc.v1.NodeEvaluationsReply;
import io.steppe.rpc.v1.UpdateDrainRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManyNodesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_795_224_189);
  private static final String ONE = "11111111-0000-4000-8000-000000000000";
  private static final String TWO = "22222222-0000-4000-8000-000000000000";
  private static final String THREE = "33333333-0000-4000-8000-000000000000";

  private final MemoryLedger<NodeView> ledger =
      new MemoryLedger<>(NodeView.empty(), new TestClock());
  private final NodeWrites writes =
      new NodeWrites(
          ledger, (_, _) -> Uni.createFrom().item(NodeEvaluationsReply.getDefaultInstance()));

  @BeforeEach
  void register() {
    put(node(ONE, "r1"), node(TWO, "r1"), node(THREE, "r2"));
  }

  @AfterEach
  void stop() {
    ledger.close();
  }

  private static Node node(String id, String rack) {
    return TestNodes.named(id).toBuilder()
        .setStatus("ready")
        .setSchedulingEligibility("eligible")
        .setSecretHash("hash")
        .putMeta("rack", rack)
        .build();
  }

  private void put(Node... nodes) {
    ledger
        .commit(
            "",
            NodeChangedReply.parser(),
            (view, index, now) ->
                new Outcome.Commit<>(
                    List.of(nodes).stream()
                        .map(node -> NodeChange.REGISTRATION.put(node.toBuilder(), index))
                        .toList(),
                    NodeChangedReply.getDefaultInstance()))
        .await()
        .atMost(Duration.ofSeconds(10));
  }

  private static ChangeNodesRequest.Builder named(String filter) {
    return ChangeNodesRequest.newBuilder().setCaller(Callers.anonymous()).setFilter(filter);
  }

  private ChangeNodesReply change(ChangeNodesRequest.Builder request) {
    return Uni.createFrom()
        .deferred(() -> writes.changeMany(request.build()))
        .await()
        .atMost(Duration.ofSeconds(10));
  }

  private Failure failure(ChangeNodesRequest.Builder request) {
    long before = ledger.snapshot().index();
    Failure failure = assertThrows(Failure.class, () -> change(request));
    assertEquals(before, ledger.snapshot().index());
    return failure;
  }

  private Node stored(String id) {
    return ledger.snapshot().view().node(id).orElseThrow();
  }

  @Test
  void allThatTheFilterNamesAreChangedAtOneIndex() {
    ChangeNodesReply reply =
        change(named("Meta.rack == \"r1\" and Status == ready").setEligibility("ineligible"));
    assertEquals(List.of(ONE, TWO), reply.getNodeIdsList());
    assertEquals(2, reply.getIndex());
    assertEquals(2, stored(ONE).getModifyIndex());
    assertEquals(2, stored(TWO).getModifyIndex());
    assertEquals("ineligible", stored(TWO).getSchedulingEligibility());
    assertEquals("eligible", stored(THREE).getSchedulingEligibility());
  }

  @Test
  void whatIsSoAlreadyIsLeftOut() {
    change(named("ID == \"" + ONE + "\"").setEligibility("ineligible"));
    ChangeNodesReply reply = change(named("ID != \"\"").setEligibility("ineligible"));
    assertEquals(List.of(TWO, THREE), reply.getNodeIdsList());
    assertEquals(
        ChangeNodesReply.getDefaultInstance(),
        change(named("ID != \"\"").setEligibility("ineligible")));
  }

  @Test
  void aDryRunListsAndChangesNothing() {
    ChangeNodesReply reply = change(named("Meta.rack == r2").setPurge(true).setDryRun(true));
    assertEquals(List.of(THREE), reply.getNodeIdsList());
    assertEquals(0, reply.getIndex());
    assertEquals(1, ledger.snapshot().index());
  }

  @Test
  void manyNodesDrainAndArePurged() {
    UpdateDrainRequest drain =
        UpdateDrainRequest.newBuilder().setSpec(DrainSpec.newBuilder().setDeadline(5)).build();
    assertEquals(2, change(named("Meta.rack == r1").setDrain(drain)).getNodeIdsCount());
    assertEquals("token:acls-disabled", stored(ONE).getLastDrain().getAccessorId());
    assertEquals(2, change(named("Drain == true").setPurge(true)).getNodeIdsCount());
    assertEquals(1, ledger.snapshot().view().nodes().size());
  }

  @Test
  void oneThatCannotBeChangedStopsAll() {
    change(
        named("Meta.rack == r2")
            .setDrain(UpdateDrainRequest.newBuilder().setSpec(DrainSpec.getDefaultInstance())));
    assertEquals(Kind.CONFLICT, failure(named("ID != \"\"").setEligibility("eligible")).kind());
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    assertEquals(Kind.INVALID, failure(named("").setPurge(true)).kind());
    assertEquals(Kind.INVALID, failure(named("Meta ==").setPurge(true)).kind());
    assertEquals(Kind.INVALID, failure(named("Nope == 1").setPurge(true)).kind());
    assertEquals(Kind.INVALID, failure(named("ID != \"\"")).kind());
    assertEquals(Kind.INVALID, failure(named("ID != \"\"").setPurge(false)).kind());
    assertEquals(Kind.INVALID, failure(named("ID != \"\"").setEligibility("maybe")).kind());
    assertEquals(Kind.DENIED, failure(named("ID != \"\"").setPurge(true).clearCaller()).kind());
    assertEquals(Kind.INVALID, failure(named("SecretHash == hash").setPurge(true)).kind());
  }

  @Test
  void moreThanACommitCarriesIsRefused() {
    NodeView view = NodeView.empty();
    for (int i = 0; i <= ManyNodes.MAX_NODES; i++) {
      Node node = Node.newBuilder().setId(String.format("%08x", i)).build();
      view =
          view.apply(
              new LoggedChange(1, 0, Change.put("nodes", node.getId(), node.toByteString())));
    }
    NodeView fleet = view;
    Filter all = Filter.parse("ID != \"\"");
    Failure failure =
        assertThrows(Failure.class, () -> ManyNodes.of(fleet, all, new Purge(), false));
    assertTrue(failure.getMessage().contains("5001 nodes"));
  }

  @Test
  void aNodeThatChangedMeanwhileIsLookedAtAgain() {
    NodeView before = ledger.snapshot().view();
    ManyNodes many =
        ManyNodes.of(before, Filter.parse("Meta.rack == r1"), Eligibility.INELIGIBLE, false);
    put(node(ONE, "moved"), stored(TWO).toBuilder().setName("renamed").build());
    Outcome<ChangeNodesReply> outcome = many.decide(ledger.snapshot().view(), 9, NOW);
    var commit = assertInstanceOf(Outcome.Commit.class, outcome);
    assertEquals(1, commit.changes().size());
    assertEquals(List.of(TWO), ((ChangeNodesReply) commit.result()).getNodeIdsList());
  }
}
