package io.steppe.node.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Change;
import io.steppe.ledger.FixedReplicas;
import io.steppe.ledger.MemoryLedger;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.node.collection.NodeCollector;
import io.steppe.node.registration.Fingerprint;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.NodeSecret;
import io.steppe.node.registration.Registration;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.session.TestClock;
import io.steppe.node.view.NodeView;
import io.steppe.node.view.Reads;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DrainSpec;
import io.steppe.proto.v1.DrainStrategy;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeListStub;
import io.steppe.rpc.Callers;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.GetNodeReply;
import io.steppe.rpc.v1.GetNodeRequest;
import io.steppe.rpc.v1.ListNodesReply;
import io.steppe.rpc.v1.ListNodesRequest;
import io.steppe.rpc.v1.NodeChangedReply;
import io.steppe.rpc.v1.NodeEvaluationsReply;
import io.steppe.rpc.v1.NodesGrpc;
import io.steppe.rpc.v1.PurgeNodeRequest;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.ReadOptions;
import io.steppe.rpc.v1.Registered;
import io.steppe.rpc.v1.SetEligibilityRequest;
import io.steppe.rpc.v1.UpdateDrainRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodesEndpointTest {
  private static final String ONE = "2d3df002-853e-f2e3-a9dc-4e51bce98a35";
  private static final String TWO = "2d4df002-853e-f2e3-a9dc-4e51bce98a35";
  private static final String UNKNOWN = "00000000-0000-4000-8000-000000000000";

  private static final String EVALUATION = "33333333-3333-4333-8333-333333333333";

  private static final FixedReplicas REPLICAS = new FixedReplicas("one", List.of());

  private final TestClock clock = new TestClock();
  private final FollowingEvaluations evaluations =
      (_, index) ->
          Uni.createFrom()
              .item(
                  NodeEvaluationsReply.newBuilder()
                      .addEvalIds(EVALUATION)
                      .setEvalCreateIndex(index + 1)
                      .build());
  private MemoryLedger<NodeView> ledger;
  private Server server;
  private ManagedChannel channel;
  private NodesGrpc.NodesBlockingStub nodes;

  @BeforeEach
  void start() throws Exception {
    ledger = new MemoryLedger<>(NodeView.empty(), clock);
    server =
        NettyServerBuilder.forPort(0)
            .addService(
                new NodesEndpoint(
                    new Reads(ledger, clock),
                    new NodeWrites(ledger, evaluations),
                    new NodeCollector(ledger, REPLICAS, Duration.ofHours(24), clock)))
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    nodes = NodesGrpc.newBlockingStub(channel);
    register(TWO);
    register(ONE);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    ledger.close();
  }

  private void register(String id) {
    ledger
        .commit(
            "",
            Registered.parser(),
            Registration.register(Fingerprint.of(TestNodes.named(id)), NodeSecret.of("secret")))
        .await()
        .atMost(Duration.ofSeconds(10));
  }

  private List<NodeListStub> list(ListNodesRequest.Builder request) {
    List<NodeListStub> all = new ArrayList<>();
    nodes.list(request.build()).forEachRemaining(reply -> all.addAll(reply.getNodesList()));
    return all;
  }

  private static ListNodesRequest.Builder prefixed(String prefix) {
    return ListNodesRequest.newBuilder().setRead(ReadOptions.newBuilder().setPrefix(prefix));
  }

  private static Status failure(Runnable call) {
    return assertThrows(StatusRuntimeException.class, call::run).getStatus();
  }

  private GetNodeRequest get(String id) {
    return GetNodeRequest.newBuilder().setNodeId(id).build();
  }

  @Test
  void nodesComeInOrderOfIds() {
    assertEquals(
        List.of(ONE, TWO),
        list(ListNodesRequest.newBuilder()).stream().map(NodeListStub::getId).toList());
  }

  @Test
  void listsShowWhatTheFilterHoldsForPageByPage() {
    var wanted =
        ReadOptions.newBuilder()
            .setFilter("SchedulingEligibility == eligible and ID matches \"^2d\"");
    assertEquals(
        List.of(ONE, TWO),
        list(ListNodesRequest.newBuilder().setRead(wanted)).stream()
            .map(NodeListStub::getId)
            .toList());
    var first =
        nodes.list(ListNodesRequest.newBuilder().setRead(wanted.setPerPage(1)).build()).next();
    assertEquals(ONE, first.getNodes(0).getId());
    assertEquals(TWO, first.getMeta().getNextToken());
    var second =
        nodes.list(ListNodesRequest.newBuilder().setRead(wanted.setNextToken(TWO)).build()).next();
    assertEquals(TWO, second.getNodes(0).getId());
    assertEquals("", second.getMeta().getNextToken());
    var other = ReadOptions.newBuilder().setFilter("ID == \"" + TWO + "\"");
    assertEquals(1, list(ListNodesRequest.newBuilder().setRead(other)).size());
  }

  @Test
  void whatANodeKeepsSecretCantBeAskedFor() {
    var read = ReadOptions.newBuilder().setFilter("SecretHash matches \".\"");
    Status refused = failure(() -> list(ListNodesRequest.newBuilder().setRead(read)));
    assertEquals(Status.Code.INVALID_ARGUMENT, refused.getCode());
    assertEquals(
        "failed to read result page: error finding value in datum: /SecretHash at part 0: couldn't"
            + " find key: struct field with name \"SecretHash\"",
        refused.getDescription());
  }

  @Test
  void aStubShowsWhatListsShow() {
    NodeListStub stub = list(ListNodesRequest.newBuilder()).getFirst();
    assertEquals("2.0.5", stub.getVersion());
    assertEquals("127.0.0.1", stub.getAddress());
    assertEquals("default", stub.getNodePool());
    assertEquals("initializing", stub.getStatus());
    assertEquals(0, stub.getAttributesCount());
    assertFalse(stub.hasNodeResources());

    NodeListStub whole =
        list(ListNodesRequest.newBuilder().setOs(true).setResources(true)).getFirst();
    assertEquals("linux", whole.getAttributesOrThrow("kernel.name"));
    assertEquals(4000, whole.getNodeResources().getCpu().getCpuShares());
  }

  @Test
  void aPrefixFindsByItsDigits() {
    assertEquals(1, list(prefixed("2d3d")).size());
    assertEquals(1, list(prefixed("2D3DF002-853e")).size());
    assertEquals(1, list(prefixed("2d3df002853e")).size());
    assertEquals(2, list(prefixed("2d")).size());
    assertEquals(0, list(prefixed("ff")).size());
  }

  @Test
  void aPrefixOfNoIdIsRefusedInNomadsWords() {
    Status odd = failure(() -> list(prefixed("2d3df00")));
    assertEquals(Status.Code.INVALID_ARGUMENT, odd.getCode());
    assertEquals(
        "node lookup failed: index error: Input (without hyphens) must be even length",
        odd.getDescription());
    assertEquals(
        "node lookup failed: index error: Invalid UUID: encoding/hex: invalid byte: U+007A 'z'",
        failure(() -> list(prefixed("zz"))).getDescription());
  }

  @Test
  void aNodeIsReadWithoutItsSecret() {
    Node node = nodes.get(get(ONE)).getNode();
    assertEquals(ONE, node.getId());
    assertEquals("", node.getSecretId());
    assertEquals("", node.getSecretHash());
    assertEquals(node, nodes.get(get(ONE.toUpperCase(java.util.Locale.ROOT))).getNode());
  }

  @Test
  void aNodeThatIsNotThereIsNotFound() {
    Status unknown = failure(() -> nodes.get(get(UNKNOWN)));
    assertEquals(Status.Code.NOT_FOUND, unknown.getCode());
    assertEquals("node not found", unknown.getDescription());
    Status malformed = failure(() -> nodes.get(get("2d3df002")));
    assertEquals(Status.Code.INVALID_ARGUMENT, malformed.getCode());
    assertEquals(
        "node lookup failed: index error: UUID must be 36 characters", malformed.getDescription());
  }

  @Test
  void whatIsKnownIsNotSentAgain() {
    ReadMeta meta = nodes.get(get(ONE)).getMeta();
    assertEquals(2, meta.getIndex());
    ReadOptions known =
        ReadOptions.newBuilder()
            .setKnownIndex(meta.getIndex())
            .setKnownEpoch(meta.getEpoch())
            .build();
    ListNodesRequest request = ListNodesRequest.newBuilder().setRead(known).build();
    ListNodesReply reply = nodes.list(request).next();
    assertTrue(reply.getMeta().getUnchanged());
    assertEquals(0, reply.getNodesCount());
    assertTrue(nodes.get(get(ONE).toBuilder().setRead(known).build()).getMeta().getUnchanged());

    register(UNKNOWN);
    assertFalse(nodes.list(request).next().getMeta().getUnchanged());
    ReadOptions otherLog = known.toBuilder().setKnownEpoch(77).build();
    assertFalse(nodes.get(get(ONE).toBuilder().setRead(otherLog).build()).getMeta().getUnchanged());
  }

  /** What an agent reports moves no index of nodes; what the control plane changes is no report. */
  @Test
  void aNodeTellsOfTheLastReportOfItsAgent() {
    assertEquals(0, nodes.get(get(ONE)).getNode().getLastAllocUpdateIndex());
    long made = putAllocation(0);
    ReadMeta before = nodes.get(get(ONE)).getMeta();
    assertEquals(0, nodes.get(get(ONE)).getNode().getLastAllocUpdateIndex());
    long reported = putAllocation(made);
    ReadOptions known =
        ReadOptions.newBuilder()
            .setKnownIndex(before.getIndex())
            .setKnownEpoch(before.getEpoch())
            .build();
    GetNodeReply reply = nodes.get(get(ONE).toBuilder().setRead(known).build());
    assertEquals(reported, reply.getNode().getLastAllocUpdateIndex());
    assertEquals(before.getIndex(), reply.getMeta().getIndex());
    assertEquals(0, nodes.get(get(TWO)).getNode().getLastAllocUpdateIndex());
    putAllocation(0);
    assertEquals(reported, nodes.get(get(ONE)).getNode().getLastAllocUpdateIndex());
  }

  /**
   * Changes the allocation of a node.
   *
   * @param decided when the control plane changed it last; 0 for now
   */
  private long putAllocation(long decided) {
    return ledger
        .commit(
            "",
            NodeChangedReply.parser(),
            (view, index, now) ->
                new Outcome.Commit<>(
                    List.of(
                        Change.put(
                            Tables.ALLOCS,
                            UNKNOWN,
                            Allocation.newBuilder()
                                .setId(UNKNOWN)
                                .setNodeId(ONE)
                                .setModifyIndex(index)
                                .setAllocModifyIndex(decided == 0 ? index : decided)
                                .build()
                                .toByteString())),
                    NodeChangedReply.newBuilder().setIndex(index).build()))
        .await()
        .atMost(Duration.ofSeconds(10))
        .getIndex();
  }

  @Test
  void aStaleReadSaysHowOldItIs() {
    ReadOptions stale = ReadOptions.newBuilder().setStale(true).build();
    clock.forward(Duration.ofSeconds(3));
    assertEquals(
        3000, nodes.get(get(ONE).toBuilder().setRead(stale).build()).getMeta().getLastContactMs());
    assertEquals(0, nodes.get(get(ONE)).getMeta().getLastContactMs());
  }

  @Test
  void aLongListComesInChunks() {
    ledger
        .commit(
            "",
            Registered.parser(),
            (_, index, _) ->
                new Outcome.Commit<>(
                    IntStream.range(0, 3_000)
                        .mapToObj(i -> String.format("%08x-0000-4000-8000-000000000000", i))
                        .map(id -> change(TestNodes.named(id), index))
                        .toList(),
                    Registered.getDefaultInstance()))
        .await()
        .atMost(Duration.ofSeconds(10));
    List<ListNodesReply> replies = new ArrayList<>();
    nodes
        .list(ListNodesRequest.newBuilder().setOs(true).setResources(true).build())
        .forEachRemaining(replies::add);
    assertTrue(replies.size() > 1);
    assertTrue(replies.stream().allMatch(reply -> reply.getSerializedSize() < 1 << 20));
    assertEquals(3_002, replies.stream().mapToInt(ListNodesReply::getNodesCount).sum());
    assertTrue(replies.getFirst().hasMeta());
  }

  private static Change change(Node node, long index) {
    return NodeChange.REGISTRATION.put(node.toBuilder(), index);
  }

  private SetEligibilityRequest eligibility(String id, String wanted) {
    return SetEligibilityRequest.newBuilder()
        .setCaller(Callers.anonymous())
        .setNodeId(id)
        .setEligibility(wanted)
        .build();
  }

  @Test
  void eligibilityIsSetOnce() {
    long index = nodes.setEligibility(eligibility(ONE, "ineligible")).getIndex();
    assertEquals(3, index);
    Node node = nodes.get(get(ONE)).getNode();
    assertEquals("ineligible", node.getSchedulingEligibility());
    assertEquals("Node marked as ineligible for scheduling", node.getEvents(1).getMessage());
    assertEquals(index, node.getModifyIndex());
    assertEquals(0, nodes.setEligibility(eligibility(ONE, "ineligible")).getIndex());
    assertEquals(4, nodes.setEligibility(eligibility(ONE, "eligible")).getIndex());
  }

  @Test
  void eligibilityThatCannotBeIsRefused() {
    assertEquals(
        "invalid scheduling eligibility \"maybe\"",
        failure(() -> nodes.setEligibility(eligibility(ONE, "maybe"))).getDescription());
    assertEquals(
        "node not found",
        failure(() -> nodes.setEligibility(eligibility(UNKNOWN, "eligible"))).getDescription());
    assertEquals(
        Status.Code.INVALID_ARGUMENT,
        failure(() -> nodes.setEligibility(eligibility("x", "eligible"))).getCode());
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        failure(
                () ->
                    nodes.setEligibility(
                        eligibility(ONE, "ineligible").toBuilder()
                            .setCaller(Caller.getDefaultInstance())
                            .build()))
            .getCode());
  }

  private UpdateDrainRequest.Builder drain(String id) {
    return UpdateDrainRequest.newBuilder().setCaller(Callers.of("operator")).setNodeId(id);
  }

  @Test
  void aDrainIsSetAndCalledOff() {
    NodeChangedReply set =
        nodes.updateDrain(
            drain(ONE.toUpperCase(java.util.Locale.ROOT))
                .setSpec(DrainSpec.newBuilder().setDeadline(60_000_000_000L))
                .build());
    assertEquals(3, set.getIndex());
    assertEquals(List.of(), set.getEvalIdsList());
    Node draining = nodes.get(get(ONE)).getNode();
    assertTrue(draining.getDrain() && draining.hasDrainStrategy());
    assertEquals("operator", draining.getLastDrain().getAccessorId());

    NodeChangedReply off = nodes.updateDrain(drain(ONE).setMarkEligible(true).build());
    assertEquals(List.of(EVALUATION), off.getEvalIdsList());
    assertEquals(off.getIndex() + 1, off.getEvalCreateIndex());
    assertEquals("eligible", nodes.get(get(ONE)).getNode().getSchedulingEligibility());

    NodeChangedReply again = nodes.updateDrain(drain(ONE).setMarkEligible(true).build());
    assertEquals(NodeChangedReply.getDefaultInstance(), again);
  }

  @Test
  void aPurgedNodeIsGone() {
    PurgeNodeRequest purge =
        PurgeNodeRequest.newBuilder().setCaller(Callers.anonymous()).setNodeId(ONE).build();
    NodeChangedReply purged = nodes.purge(purge);
    assertEquals(3, purged.getIndex());
    assertEquals(List.of(EVALUATION), purged.getEvalIdsList());
    assertEquals("node not found", failure(() -> nodes.get(get(ONE))).getDescription());
    assertEquals(purged, nodes.purge(purge), "the same request has the same answer");
    PurgeNodeRequest another = purge.toBuilder().setCaller(Callers.anonymous()).build();
    assertEquals(Status.Code.NOT_FOUND, failure(() -> nodes.purge(another)).getCode());
  }

  @Test
  void changesOfUnknownNodesAndByNobodyAreRefused() {
    assertEquals(
        Status.Code.NOT_FOUND, failure(() -> nodes.updateDrain(drain(UNKNOWN).build())).getCode());
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        failure(() -> nodes.updateDrain(drain(ONE).clearCaller().build())).getCode());
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        failure(() -> nodes.purge(PurgeNodeRequest.newBuilder().setNodeId(ONE).build())).getCode());
    assertEquals(
        Status.Code.INVALID_ARGUMENT,
        failure(() -> nodes.updateDrain(drain(ONE).putMeta("k", "x".repeat(70_000)).build()))
            .getCode());
  }

  @Test
  void aDrainingNodeIsNotMadeEligible() {
    Node node = nodes.get(get(ONE)).getNode();
    ledger
        .commit(
            "",
            Registered.parser(),
            (_, index, _) ->
                new Outcome.Commit<>(
                    List.of(
                        NodeChange.DRAIN.put(
                            node.toBuilder()
                                .setSchedulingEligibility("ineligible")
                                .setDrainStrategy(DrainStrategy.newBuilder().setDeadline(1)),
                            index)),
                    Registered.getDefaultInstance()))
        .await()
        .atMost(Duration.ofSeconds(10));
    Status status = failure(() -> nodes.setEligibility(eligibility(ONE, "eligible")));
    assertEquals(Status.Code.FAILED_PRECONDITION, status.getCode());
    assertEquals("ineligible", nodes.get(get(ONE)).getNode().getSchedulingEligibility());
  }
}
