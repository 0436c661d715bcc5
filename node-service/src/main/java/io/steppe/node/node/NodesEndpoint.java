package io.steppe.node.node;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.steppe.ledger.Snapshot;
import io.steppe.ledger.Tables;
import io.steppe.node.collection.NodeCollector;
import io.steppe.node.view.BuiltInPools;
import io.steppe.node.view.NodeView;
import io.steppe.node.view.Reads;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeListStub;
import io.steppe.query.Listing;
import io.steppe.query.Order;
import io.steppe.query.Page;
import io.steppe.rpc.Callers;
import io.steppe.rpc.v1.ChangeNodesReply;
import io.steppe.rpc.v1.ChangeNodesRequest;
import io.steppe.rpc.v1.CollectNodesReply;
import io.steppe.rpc.v1.CollectNodesRequest;
import io.steppe.rpc.v1.GetNodeReply;
import io.steppe.rpc.v1.GetNodeRequest;
import io.steppe.rpc.v1.ListNodesReply;
import io.steppe.rpc.v1.ListNodesRequest;
import io.steppe.rpc.v1.NodeChangedReply;
import io.steppe.rpc.v1.NodesGrpc;
import io.steppe.rpc.v1.PurgeNodeRequest;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.SetEligibilityReply;
import io.steppe.rpc.v1.SetEligibilityRequest;
import io.steppe.rpc.v1.UpdateDrainRequest;
import java.util.List;

/** Reads of nodes, and what operators change about them. */
@GrpcService
public class NodesEndpoint extends NodesGrpc.NodesImplBase {
  private static final Order<Node> BY_ID = Order.by(Node::getId);

  private final Reads reads;
  private final NodeWrites writes;
  private final NodeCollector collector;

  public NodesEndpoint(Reads reads, NodeWrites writes, NodeCollector collector) {
    this.reads = reads;
    this.writes = writes;
    this.collector = collector;
  }

  /** Thousands of stubs are made on a worker, not on the event loop. */
  @Override
  public void list(ListNodesRequest request, StreamObserver<ListNodesReply> replies) {
    var out = (ServerCallStreamObserver<ListNodesReply>) replies;
    ChunkedList list = new ChunkedList(out);
    Uni<Snapshot<NodeView>> read =
        reads.read(request.getRead()).emitOn(Infrastructure.getDefaultWorkerPool());
    Reads.answer(out, read, snapshot -> list(request, snapshot, list));
  }

  private void list(ListNodesRequest request, Snapshot<NodeView> snapshot, ChunkedList list) {
    ReadMeta meta = reads.meta(request.getRead(), snapshot, Tables.NODES);
    if (meta.getUnchanged()) {
      list.begin(meta, List.of());
      return;
    }
    String pool = request.getNodePool();
    List<Node> found =
        NodeLookup.byPrefix(snapshot.view().nodes(), request.getRead().getPrefix()).stream()
            .filter(node -> BuiltInPools.has(pool, node))
            .toList();
    Page<Node> page = Listing.of(request.getRead()).page(found, BY_ID);
    List<NodeListStub> stubs =
        page.objects().stream()
            .map(node -> NodeStubs.of(node, request.getResources(), request.getOs()))
            .toList();
    list.begin(page.meta(meta), stubs);
  }

  @Override
  public void get(GetNodeRequest request, StreamObserver<GetNodeReply> reply) {
    Reads.answerOne(
        reply, () -> reads.read(request.getRead()).map(snapshot -> get(request, snapshot)));
  }

  private GetNodeReply get(GetNodeRequest request, Snapshot<NodeView> snapshot) {
    NodeView view = snapshot.view();
    ReadMeta meta = reads.meta(request.getRead(), snapshot, Tables.NODES);
    Node node = NodeLookup.byId(view.nodes(), request.getNodeId());
    long report = view.lastReportOf(node.getId());
    // A report moves no index of nodes: whoever has read the node before it has to be told.
    if (meta.getUnchanged() && report <= meta.getIndex()) {
      return GetNodeReply.newBuilder().setMeta(meta).build();
    }
    return GetNodeReply.newBuilder()
        .setMeta(meta.toBuilder().setUnchanged(false))
        .setNode(NodeStubs.withoutSecrets(node).toBuilder().setLastAllocUpdateIndex(report))
        .build();
  }

  @Override
  public void setEligibility(
      SetEligibilityRequest request, StreamObserver<SetEligibilityReply> reply) {
    Reads.answerOne(reply, () -> writes.setEligibility(request));
  }

  @Override
  public void updateDrain(UpdateDrainRequest request, StreamObserver<NodeChangedReply> reply) {
    Reads.answerOne(reply, () -> writes.updateDrain(request));
  }

  @Override
  public void purge(PurgeNodeRequest request, StreamObserver<NodeChangedReply> reply) {
    Reads.answerOne(reply, () -> writes.purge(request));
  }

  @Override
  public void changeMany(ChangeNodesRequest request, StreamObserver<ChangeNodesReply> reply) {
    Reads.answerOne(reply, () -> writes.changeMany(request));
  }

  @Override
  public void collect(CollectNodesRequest request, StreamObserver<CollectNodesReply> reply) {
    Reads.answerOne(
        reply,
        () -> {
          Callers.required(request.getCaller());
          collector.collectAllSoon();
          return Uni.createFrom().item(CollectNodesReply.getDefaultInstance());
        });
  }
}
