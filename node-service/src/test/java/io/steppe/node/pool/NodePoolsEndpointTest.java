package io.steppe.node.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Advance;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.MemoryLedger;
import io.steppe.node.registration.Fingerprint;
import io.steppe.node.registration.NodeSecret;
import io.steppe.node.registration.Registration;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.session.Eventually;
import io.steppe.node.session.TestClock;
import io.steppe.node.view.NodeView;
import io.steppe.node.view.Reads;
import io.steppe.proto.v1.NodePool;
import io.steppe.proto.v1.NodePoolSchedulerConfiguration;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeleteNodePoolRequest;
import io.steppe.rpc.v1.GetNodePoolRequest;
import io.steppe.rpc.v1.ListNodePoolsReply;
import io.steppe.rpc.v1.ListNodePoolsRequest;
import io.steppe.rpc.v1.NodePoolsGrpc;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.ReadOptions;
import io.steppe.rpc.v1.Registered;
import io.steppe.rpc.v1.UpsertNodePoolRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodePoolsEndpointTest {
  private final List<String> events = new CopyOnWriteArrayList<>();
  private volatile Uni<Boolean> living = Uni.createFrom().item(false);
  private MemoryLedger<NodeView> ledger;
  private Server server;
  private ManagedChannel channel;
  private NodePoolsGrpc.NodePoolsBlockingStub pools;

  @BeforeEach
  void start() throws Exception {
    TestClock clock = new TestClock();
    ledger = new MemoryLedger<>(NodeView.empty(), clock);
    ledger.follow(this::note);
    server =
        NettyServerBuilder.forPort(0)
            .addService(
                new NodePoolsEndpoint(ledger, new Reads(ledger, clock), pool -> living, "global"))
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    pools = NodePoolsGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    ledger.close();
  }

  private void note(Advance<NodeView> step) {
    for (LoggedChange logged : step.changes()) {
      logged.change().event().map(EventTag::type).ifPresent(events::add);
    }
  }

  private void register(String pool) {
    ledger
        .commit(
            "",
            Registered.parser(),
            Registration.register(
                Fingerprint.of(TestNodes.any().toBuilder().setNodePool(pool).build()),
                NodeSecret.of("secret")))
        .await()
        .atMost(Duration.ofSeconds(10));
  }

  private long upsert(NodePool.Builder pool) {
    return pools
        .upsert(
            UpsertNodePoolRequest.newBuilder().setCaller(Callers.anonymous()).setPool(pool).build())
        .getIndex();
  }

  private long delete(String name) {
    return pools
        .delete(
            DeleteNodePoolRequest.newBuilder().setCaller(Callers.anonymous()).setName(name).build())
        .getIndex();
  }

  private NodePool get(String name) {
    return pools.get(GetNodePoolRequest.newBuilder().setName(name).build()).getPool();
  }

  private List<String> names(String prefix) {
    List<String> names = new ArrayList<>();
    pools
        .list(
            ListNodePoolsRequest.newBuilder()
                .setRead(ReadOptions.newBuilder().setPrefix(prefix))
                .build())
        .forEachRemaining(
            reply -> reply.getPoolsList().stream().map(NodePool::getName).forEach(names::add));
    return names;
  }

  private static Status failure(Runnable call) {
    return assertThrows(StatusRuntimeException.class, call::run).getStatus();
  }

  private static NodePool.Builder pool(String name) {
    return NodePool.newBuilder().setName(name);
  }

  @Test
  void twoAreThereFromTheStart() {
    assertEquals(List.of("all", "default"), names(""));
    assertEquals(List.of("default"), names("def"));
    assertEquals("all", get("all").getName());
  }

  @Test
  void aPoolIsMadeChangedAndForgotten() {
    long made = upsert(pool("gpu").setDescription("With cards").setCreateIndex(77));
    assertEquals(made, get("gpu").getCreateIndex());
    assertEquals(made, upsert(pool("gpu").setDescription("With cards")), "nothing new");
    long changed =
        upsert(
            pool("gpu")
                .putMeta("rack", "7")
                .setSchedulerConfiguration(
                    NodePoolSchedulerConfiguration.newBuilder()
                        .setSchedulerAlgorithm("spread")
                        .setMemoryOversubscriptionEnabled(true)));
    NodePool pool = get("gpu");
    assertEquals(made, pool.getCreateIndex());
    assertEquals(changed, pool.getModifyIndex());
    assertEquals("", pool.getDescription());
    assertEquals("spread", pool.getSchedulerConfiguration().getSchedulerAlgorithm());
    assertEquals(List.of("all", "default", "gpu"), names(""));
    assertEquals(changed + 1, delete("gpu"));
    assertEquals(List.of("all", "default"), names(""));
    Eventually.await("events", () -> events.size() == 3);
    assertEquals(List.of("NodePoolUpserted", "NodePoolUpserted", "NodePoolDeleted"), events);
  }

  @Test
  void aPoolWithNodesStays() {
    register("gpu");
    assertEquals(List.of("all", "default", "gpu"), names(""));
    Status status = failure(() -> delete("gpu"));
    assertEquals(Status.Code.FAILED_PRECONDITION, status.getCode());
    assertEquals(
        "1 error occurred:\n\t* node pool \"gpu\" has nodes in regions: [global]\n\n",
        status.getDescription());
    Eventually.await("events", () -> events.size() == 2);
    assertTrue(events.contains("NodePoolUpserted"));
  }

  @Test
  void aPoolWithLivingJobsStays() {
    upsert(pool("gpu"));
    living = Uni.createFrom().item(true);
    Status status = failure(() -> delete("gpu"));
    assertEquals(Status.Code.FAILED_PRECONDITION, status.getCode());
    assertEquals(
        "1 error occurred:\n\t* node pool \"gpu\" has non-terminal jobs in regions: [global]\n\n",
        status.getDescription());
    living = Uni.createFrom().failure(Failure.unavailable("nobody there"));
    assertEquals(Status.Code.UNAVAILABLE, failure(() -> delete("gpu")).getCode());
    assertEquals("gpu", get("gpu").getName());
  }

  @ParameterizedTest
  @CsvSource({
    "all,'',modifying node pool \"all\" is not allowed",
    "default,'',modifying node pool \"default\" is not allowed",
    "a b,'','invalid node pool \"a b\": 1 error occurred:\n"
        + "\t* invalid name \"a b\", must match regex ^[a-zA-Z0-9-_]{1,128}$\n\n\n"
        + "'",
    "'','','invalid node pool \"\": 1 error occurred:\n"
        + "\t* invalid name \"\", must match regex ^[a-zA-Z0-9-_]{1,128}$\n\n\n"
        + "'",
    "gpu,fast,'invalid node pool \"gpu\": 1 error occurred:\n"
        + "\t* invalid scheduler algorithm \"fast\"\n\n\n"
        + "'"
  })
  void whatCannotBeIsRefused(String name, String algorithm, String text) {
    NodePool.Builder asked = pool(name);
    if (!algorithm.isEmpty()) {
      asked.setSchedulerConfiguration(
          NodePoolSchedulerConfiguration.newBuilder().setSchedulerAlgorithm(algorithm));
    }
    Status status = failure(() -> upsert(asked));
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
    assertEquals(text, status.getDescription());
    assertEquals(0, ledger.snapshot().index());
  }

  @Test
  void descriptionsAndMetadataAreBounded() {
    assertEquals(
        "invalid node pool \"gpu\": 1 error occurred:\n\t* description longer than 256\n\n\n",
        failure(() -> upsert(pool("gpu").setDescription("x".repeat(257)))).getDescription());
    upsert(pool("gpu").setDescription("x".repeat(256)));
    assertEquals(
        Status.Code.INVALID_ARGUMENT,
        failure(() -> upsert(pool("gpu").putMeta("k", "x".repeat(70_000)))).getCode());
  }

  @Test
  void deletionsThatCannotBeAreRefused() {
    Status builtIn = failure(() -> delete("default"));
    assertEquals(Status.Code.INVALID_ARGUMENT, builtIn.getCode());
    assertEquals("deleting node pool \"default\" is not allowed", builtIn.getDescription());
    Status unknown = failure(() -> delete("nope"));
    assertEquals(Status.Code.NOT_FOUND, unknown.getCode());
    assertEquals("node pool nope not found", unknown.getDescription());
    assertEquals(Status.Code.NOT_FOUND, failure(() -> get("nope")).getCode());
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        failure(() -> pools.upsert(UpsertNodePoolRequest.getDefaultInstance())).getCode());
  }

  @Test
  void whatIsKnownIsNotSentAgain() {
    upsert(pool("gpu"));
    ReadMeta meta = pools.list(ListNodePoolsRequest.getDefaultInstance()).next().getMeta();
    ReadOptions known =
        ReadOptions.newBuilder()
            .setKnownIndex(meta.getIndex())
            .setKnownEpoch(meta.getEpoch())
            .build();
    ListNodePoolsReply reply =
        pools.list(ListNodePoolsRequest.newBuilder().setRead(known).build()).next();
    assertTrue(reply.getMeta().getUnchanged());
    assertEquals(0, reply.getPoolsCount());
  }

  @Test
  void aReaderSeesThePoolsItMaySee() {
    ReadOptions seen = ReadOptions.newBuilder().setRestricted(true).addVisible("all").build();
    ListNodePoolsReply reply =
        pools.list(ListNodePoolsRequest.newBuilder().setRead(seen).build()).next();
    assertEquals(List.of("all"), reply.getPoolsList().stream().map(NodePool::getName).toList());
    GetNodePoolRequest hidden =
        GetNodePoolRequest.newBuilder().setRead(seen).setName("default").build();
    assertEquals(
        Status.Code.NOT_FOUND,
        assertThrows(StatusRuntimeException.class, () -> pools.get(hidden)).getStatus().getCode());
  }

  @Test
  void manyPoolsComeInChunks() {
    for (int i = 0; i < 20; i++) {
      upsert(pool("pool-" + i).putMeta("k", "x".repeat(60_000)));
    }
    List<ListNodePoolsReply> replies = new ArrayList<>();
    pools.list(ListNodePoolsRequest.getDefaultInstance()).forEachRemaining(replies::add);
    assertTrue(replies.size() > 1);
    assertTrue(replies.stream().allMatch(reply -> reply.getSerializedSize() < 1 << 20));
    assertEquals(22, replies.stream().mapToInt(ListNodePoolsReply::getPoolsCount).sum());
  }
}
