package io.steppe.gateway.region;

import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.DrainMetadata;
import io.steppe.proto.v1.DrainStrategy;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeListStub;
import io.steppe.query.Listing;
import io.steppe.query.Order;
import io.steppe.query.Page;
import io.steppe.rpc.Failure;
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

final class NodesEndpoint extends NodesGrpc.NodesImplBase {
  private final Region region;

  NodesEndpoint(Region region) {
    this.region = region;
  }

  @Override
  public void list(ListNodesRequest request, StreamObserver<ListNodesReply> out) {
    ReadMeta meta = region.meta(request.getRead(), "nodes");
    if (meta.getUnchanged()) {
      out.onNext(ListNodesReply.newBuilder().setMeta(meta).build());
      out.onCompleted();
      return;
    }
    List<Node> found =
        region.nodes.values().stream()
            .filter(node -> node.getId().startsWith(request.getRead().getPrefix()))
            .filter(
                node ->
                    request.getNodePool().isEmpty()
                        || node.getNodePool().equals(request.getNodePool()))
            .toList();
    try {
      Page<Node> page = Listing.of(request.getRead()).page(found, Order.by(Node::getId));
      out.onNext(ListNodesReply.newBuilder().setMeta(page.meta(meta)).build());
      for (Node node : page.objects()) {
        NodeListStub stub =
            NodeListStub.newBuilder().setId(node.getId()).setName(node.getName()).build();
        out.onNext(ListNodesReply.newBuilder().addNodes(stub).build());
      }
      out.onCompleted();
    } catch (Failure failure) {
      out.onError(failure.toStatus());
    }
  }

  @Override
  public void get(GetNodeRequest request, StreamObserver<GetNodeReply> out) {
    region
        .found(region.nodes, request.getNodeId())
        .ifPresentOrElse(
            node -> {
              ReadMeta meta = region.meta(request.getRead(), "nodes");
              GetNodeReply.Builder reply = GetNodeReply.newBuilder().setMeta(meta);
              out.onNext(meta.getUnchanged() ? reply.build() : reply.setNode(node).build());
              out.onCompleted();
            },
            () -> out.onError(Failure.notFound("no such node").toStatus()));
  }

  @Override
  public void setEligibility(
      SetEligibilityRequest request, StreamObserver<SetEligibilityReply> out) {
    region.seenRequests.add(request.getCaller().getRequestId());
    region
        .found(region.nodes, request.getNodeId())
        .ifPresentOrElse(
            node -> {
              boolean same = node.getSchedulingEligibility().equals(request.getEligibility());
              long index =
                  same
                      ? 0
                      : region.put(
                          node.toBuilder()
                              .setSchedulingEligibility(request.getEligibility())
                              .build());
              out.onNext(SetEligibilityReply.newBuilder().setIndex(index).build());
              out.onCompleted();
            },
            () -> out.onError(Failure.notFound("no such node").toStatus()));
  }

  @Override
  public void updateDrain(UpdateDrainRequest request, StreamObserver<NodeChangedReply> out) {
    region
        .found(region.nodes, request.getNodeId())
        .ifPresentOrElse(
            node -> {
              Node.Builder changed = node.toBuilder().clearDrainStrategy();
              if (request.hasSpec()) {
                changed
                    .setSchedulingEligibility("ineligible")
                    .setDrainStrategy(
                        DrainStrategy.newBuilder()
                            .setDeadline(request.getSpec().getDeadline())
                            .setIgnoreSystemJobs(request.getSpec().getIgnoreSystemJobs()))
                    .setLastDrain(DrainMetadata.newBuilder().putAllMeta(request.getMetaMap()));
              } else if (request.getMarkEligible()) {
                changed.setSchedulingEligibility("eligible");
              }
              changed(out, region.put(changed.build()), !request.hasSpec());
            },
            () -> out.onError(Failure.notFound("no such node").toStatus()));
  }

  @Override
  public void purge(PurgeNodeRequest request, StreamObserver<NodeChangedReply> out) {
    region
        .found(region.nodes, request.getNodeId())
        .ifPresentOrElse(
            node -> changed(out, region.remove("nodes", region.nodes, node.getId()), true),
            () -> out.onError(Failure.notFound("no such node").toStatus()));
  }

  private static void changed(StreamObserver<NodeChangedReply> out, long index, boolean evaluated) {
    NodeChangedReply.Builder reply = NodeChangedReply.newBuilder().setIndex(index);
    if (evaluated) {
      reply.addEvalIds("e").setEvalCreateIndex(index + 1);
    }
    out.onNext(reply.build());
    out.onCompleted();
  }

  /** Of filters it knows one: that for a name. */
  @Override
  public void changeMany(ChangeNodesRequest request, StreamObserver<ChangeNodesReply> out) {
    if (!request.getFilter().startsWith("Name == ")) {
      out.onError(Failure.invalid("failed to read filter expression: no").toStatus());
      return;
    }
    String name = request.getFilter().substring("Name == ".length());
    ChangeNodesReply.Builder reply = ChangeNodesReply.newBuilder();
    for (Node node : region.nodes.values()) {
      if (node.getName().equals(name)) {
        if (node.hasDrainStrategy() && request.getEligibility().equals("eligible")) {
          out.onError(Failure.conflict("it is draining").toStatus());
          return;
        }
        reply.addNodeIds(node.getId());
        if (!request.getDryRun()) {
          reply.setIndex(changed(node, request));
        }
      }
    }
    out.onNext(reply.build());
    out.onCompleted();
  }

  @Override
  public void collect(CollectNodesRequest request, StreamObserver<CollectNodesReply> out) {
    out.onNext(CollectNodesReply.getDefaultInstance());
    out.onCompleted();
  }

  private long changed(Node node, ChangeNodesRequest request) {
    return switch (request.getChangeCase()) {
      case ELIGIBILITY ->
          region.put(node.toBuilder().setSchedulingEligibility(request.getEligibility()).build());
      case DRAIN ->
          region.put(
              node.toBuilder()
                  .setDrainStrategy(
                      DrainStrategy.newBuilder()
                          .setDeadline(request.getDrain().getSpec().getDeadline()))
                  .build());
      case PURGE -> region.remove("nodes", region.nodes, node.getId());
      case CHANGE_NOT_SET -> 0;
    };
  }
}
