package io.steppe.node.node;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Snapshot;
import io.steppe.ledger.Tables;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.NodeListStub;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.GetNodeReply;
import io.steppe.rpc.v1.GetNodeRequest;
import io.steppe.rpc.v1.ListNodesReply;
import io.steppe.rpc.v1.ListNodesRequest;
import io.steppe.rpc.v1.NodeChangedReply;
import io.steppe.rpc.v1.NodesGrpc;
import io.steppe.rpc.v1.PurgeNodeRequest;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.ReadOptions;
import io.steppe.rpc.v1.SetEligibilityReply;
import io.steppe.rpc.v1.SetEligibilityRequest;
import io.steppe.rpc.v1.UpdateDrainRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Reads of nodes, and what operators change about them. */
@GrpcService
public class NodesEndpoint extends NodesGrpc.NodesImplBase {
  private static final Logger LOG = Logger.getLogger(NodesEndpoint.class);

  private final Ledger<NodeView> ledger;
  private final NodeWrites writes;
  private final InstantSource clock;

  public NodesEndpoint(Ledger<NodeView> ledger, NodeWrites writes, InstantSource clock) {
    this.ledger = ledger;
    this.writes = writes;
    this.clock = clock;
  }

  /** Thousands of stubs are made on a worker, not on the event loop. */
  @Override
  public void list(ListNodesRequest request, StreamObserver<ListNodesReply> replies) {
    var out = (ServerCallStreamObserver<ListNodesReply>) replies;
    ChunkedList list = new ChunkedList(out);
    Uni<Snapshot<NodeView>> read =
        read(request.getRead()).emitOn(Infrastructure.getDefaultWorkerPool());
    answer(out, read, snapshot -> list(request, snapshot, list));
  }

  private void list(ListNodesRequest request, Snapshot<NodeView> snapshot, ChunkedList list) {
    ReadMeta meta = meta(request.getRead(), snapshot);
    if (meta.getUnchanged()) {
      list.begin(meta, List.of());
      return;
    }
    List<NodeListStub> stubs =
        NodeLookup.byPrefix(snapshot.view().nodes(), request.getRead().getPrefix()).stream()
            .map(node -> NodeStubs.of(node, request.getResources(), request.getOs()))
            .toList();
    list.begin(meta, stubs);
  }

  @Override
  public void get(GetNodeRequest request, StreamObserver<GetNodeReply> reply) {
    answer(
        reply,
        read(request.getRead()),
        snapshot -> {
          ReadMeta meta = meta(request.getRead(), snapshot);
          GetNodeReply.Builder found = GetNodeReply.newBuilder().setMeta(meta);
          if (!meta.getUnchanged()) {
            found.setNode(
                NodeStubs.withoutSecrets(
                    NodeLookup.byId(snapshot.view().nodes(), request.getNodeId())));
          }
          reply.onNext(found.build());
          reply.onCompleted();
        });
  }

  @Override
  public void setEligibility(
      SetEligibilityRequest request, StreamObserver<SetEligibilityReply> reply) {
    one(reply, () -> writes.setEligibility(request));
  }

  @Override
  public void updateDrain(UpdateDrainRequest request, StreamObserver<NodeChangedReply> reply) {
    one(reply, () -> writes.updateDrain(request));
  }

  @Override
  public void purge(PurgeNodeRequest request, StreamObserver<NodeChangedReply> reply) {
    one(reply, () -> writes.purge(request));
  }

  private static <T> void one(StreamObserver<T> reply, Supplier<Uni<? extends T>> write) {
    answer(
        reply,
        Uni.createFrom().<T>deferred(write),
        done -> {
          reply.onNext(done);
          reply.onCompleted();
        });
  }

  private Uni<Snapshot<NodeView>> read(ReadOptions read) {
    return read.getStale() ? ledger.ready().map(_ -> ledger.snapshot()) : ledger.latest();
  }

  private ReadMeta meta(ReadOptions read, Snapshot<NodeView> snapshot) {
    long index = snapshot.tableIndex(Tables.NODES);
    boolean unchanged =
        read.getKnownIndex() != 0
            && read.getKnownIndex() == index
            && read.getKnownEpoch() == snapshot.epoch();
    long age =
        read.getStale() ? Duration.between(snapshot.newestAt(), clock.instant()).toMillis() : 0;
    return ReadMeta.newBuilder()
        .setIndex(index)
        .setEpoch(snapshot.epoch())
        .setUnchanged(unchanged)
        .setLastContactMs(Math.max(0, age))
        .build();
  }

  private static <T> void answer(StreamObserver<?> out, Uni<T> source, Consumer<T> then) {
    source
        .subscribe()
        .with(
            item -> {
              try {
                then.accept(item);
              } catch (RuntimeException e) {
                fail(out, e);
              }
            },
            error -> fail(out, error));
  }

  private static void fail(StreamObserver<?> out, Throwable error) {
    Failure failure = Failure.of(error);
    if (!(error instanceof Failure)) {
      LOG.errorf(error, "a call failed");
    }
    out.onError(failure.toStatus());
  }
}
