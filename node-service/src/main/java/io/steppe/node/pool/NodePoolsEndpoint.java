package io.steppe.node.pool;

import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Snapshot;
import io.steppe.ledger.Tables;
import io.steppe.node.main.NodeSettings;
import io.steppe.node.view.NodeView;
import io.steppe.node.view.Reads;
import io.steppe.proto.v1.NodePool;
import io.steppe.query.Listing;
import io.steppe.query.Order;
import io.steppe.query.Page;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.DeleteNodePoolRequest;
import io.steppe.rpc.v1.GetNodePoolReply;
import io.steppe.rpc.v1.GetNodePoolRequest;
import io.steppe.rpc.v1.ListNodePoolsReply;
import io.steppe.rpc.v1.ListNodePoolsRequest;
import io.steppe.rpc.v1.NodePoolChangedReply;
import io.steppe.rpc.v1.NodePoolsGrpc;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.UpsertNodePoolRequest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/** Node pools: named sets of nodes that jobs choose from. */
@GrpcService
public class NodePoolsEndpoint extends NodePoolsGrpc.NodePoolsImplBase {
  private static final int MAX_BYTES = 512 << 10;
  private static final Order<NodePool> BY_NAME = Order.by(NodePool::getName);

  private final Ledger<NodeView> ledger;
  private final Reads reads;
  private final PoolJobs jobs;
  private final String region;

  @Inject
  public NodePoolsEndpoint(
      Ledger<NodeView> ledger, Reads reads, PoolJobs jobs, NodeSettings settings) {
    this(ledger, reads, jobs, settings.region());
  }

  NodePoolsEndpoint(Ledger<NodeView> ledger, Reads reads, PoolJobs jobs, String region) {
    this.ledger = ledger;
    this.reads = reads;
    this.jobs = jobs;
    this.region = region;
  }

  @Override
  public void list(ListNodePoolsRequest request, StreamObserver<ListNodePoolsReply> replies) {
    Uni<Snapshot<NodeView>> read =
        reads.read(request.getRead()).emitOn(Infrastructure.getDefaultWorkerPool());
    Reads.answer(replies, read, snapshot -> list(request, snapshot, replies));
  }

  private void list(
      ListNodePoolsRequest request,
      Snapshot<NodeView> snapshot,
      StreamObserver<ListNodePoolsReply> replies) {
    ReadMeta meta = reads.meta(request.getRead(), snapshot, Tables.NODE_POOLS);
    Page<NodePool> page =
        meta.getUnchanged()
            ? new Page<>(List.of(), "")
            : Listing.of(request.getRead()).page(named(request, snapshot), BY_NAME);
    ListNodePoolsReply.Builder reply = ListNodePoolsReply.newBuilder().setMeta(page.meta(meta));
    int bytes = 0;
    for (NodePool pool : page.objects()) {
      bytes += pool.getSerializedSize();
      if (bytes > MAX_BYTES) {
        replies.onNext(reply.build());
        reply = ListNodePoolsReply.newBuilder();
        bytes = pool.getSerializedSize();
      }
      reply.addPools(pool);
    }
    replies.onNext(reply.build());
    replies.onCompleted();
  }

  private static List<NodePool> named(ListNodePoolsRequest request, Snapshot<NodeView> snapshot) {
    return snapshot.view().pools().values().stream()
        .filter(pool -> pool.getName().startsWith(request.getRead().getPrefix()))
        .filter(pool -> Reads.shows(request.getRead(), pool.getName()))
        .toList();
  }

  @Override
  public void get(GetNodePoolRequest request, StreamObserver<GetNodePoolReply> reply) {
    Reads.answerOne(
        reply, () -> reads.read(request.getRead()).map(snapshot -> get(request, snapshot)));
  }

  private GetNodePoolReply get(GetNodePoolRequest request, Snapshot<NodeView> snapshot) {
    ReadMeta meta = reads.meta(request.getRead(), snapshot, Tables.NODE_POOLS);
    GetNodePoolReply.Builder found = GetNodePoolReply.newBuilder().setMeta(meta);
    if (!meta.getUnchanged()) {
      found.setPool(
          Optional.ofNullable(snapshot.view().pools().get(request.getName()))
              .filter(pool -> Reads.shows(request.getRead(), pool.getName()))
              .orElseThrow(() -> Failure.notFound("node pool not found")));
    }
    return found.build();
  }

  @Override
  public void upsert(UpsertNodePoolRequest request, StreamObserver<NodePoolChangedReply> reply) {
    Reads.answerOne(
        reply,
        () -> {
          Caller caller = Callers.required(request.getCaller());
          return ledger.commit(
              caller.getRequestId(),
              NodePoolChangedReply.parser(),
              PoolUpsert.of(request.getPool()));
        });
  }

  @Override
  public void delete(DeleteNodePoolRequest request, StreamObserver<NodePoolChangedReply> reply) {
    Reads.answerOne(reply, () -> delete(request));
  }

  private Uni<NodePoolChangedReply> delete(DeleteNodePoolRequest request) {
    Caller caller = Callers.required(request.getCaller());
    return jobs.anyLiving(request.getName())
        .chain(
            living ->
                ledger.commit(
                    caller.getRequestId(),
                    NodePoolChangedReply.parser(),
                    new PoolDeletion(request.getName(), region, living)));
  }
}
