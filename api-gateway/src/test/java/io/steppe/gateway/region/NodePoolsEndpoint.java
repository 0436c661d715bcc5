package io.steppe.gateway.region;

import io.grpc.stub.StreamObserver;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeleteNodePoolRequest;
import io.steppe.rpc.v1.GetNodePoolReply;
import io.steppe.rpc.v1.GetNodePoolRequest;
import io.steppe.rpc.v1.ListNodePoolsReply;
import io.steppe.rpc.v1.ListNodePoolsRequest;
import io.steppe.rpc.v1.NodePoolChangedReply;
import io.steppe.rpc.v1.NodePoolsGrpc;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.UpsertNodePoolRequest;

final class NodePoolsEndpoint extends NodePoolsGrpc.NodePoolsImplBase {
  private final Region region;

  NodePoolsEndpoint(Region region) {
    this.region = region;
  }

  @Override
  public void list(ListNodePoolsRequest request, StreamObserver<ListNodePoolsReply> out) {
    ReadMeta meta = region.meta(request.getRead(), "node_pools");
    ListNodePoolsReply.Builder reply = ListNodePoolsReply.newBuilder().setMeta(meta);
    if (!meta.getUnchanged()) {
      region.pools.values().stream()
          .filter(pool -> pool.getName().startsWith(request.getRead().getPrefix()))
          .filter(pool -> Region.shows(request.getRead(), pool.getName()))
          .forEach(reply::addPools);
    }
    out.onNext(reply.build());
    out.onCompleted();
  }

  @Override
  public void get(GetNodePoolRequest request, StreamObserver<GetNodePoolReply> out) {
    region
        .found(region.pools, request.getName())
        .ifPresentOrElse(
            pool -> {
              ReadMeta meta = region.meta(request.getRead(), "node_pools");
              GetNodePoolReply.Builder reply = GetNodePoolReply.newBuilder().setMeta(meta);
              out.onNext(meta.getUnchanged() ? reply.build() : reply.setPool(pool).build());
              out.onCompleted();
            },
            () -> out.onError(Failure.notFound("node pool not found").toStatus()));
  }

  @Override
  public void upsert(UpsertNodePoolRequest request, StreamObserver<NodePoolChangedReply> out) {
    if (request.getPool().getName().equals("all")) {
      out.onError(Failure.invalid("modifying node pool \"all\" is not allowed").toStatus());
      return;
    }
    changed(out, region.put(request.getPool()));
  }

  @Override
  public void delete(DeleteNodePoolRequest request, StreamObserver<NodePoolChangedReply> out) {
    if (!region.pools.containsKey(request.getName())) {
      out.onError(Failure.notFound("node pool " + request.getName() + " not found").toStatus());
    } else if (region.nodes.values().stream()
        .anyMatch(node -> node.getNodePool().equals(request.getName()))) {
      out.onError(Failure.conflict("node pool \"taken\" has nodes").toStatus());
    } else {
      changed(out, region.remove("node_pools", region.pools, request.getName()));
    }
  }

  private static void changed(StreamObserver<NodePoolChangedReply> out, long index) {
    out.onNext(NodePoolChangedReply.newBuilder().setIndex(index).build());
    out.onCompleted();
  }
}
