package io.steppe.gateway.region;

import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.AllocListStub;
import io.steppe.proto.v1.Allocation;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AllocationsGrpc;
import io.steppe.rpc.v1.GetAllocationReply;
import io.steppe.rpc.v1.GetAllocationRequest;
import io.steppe.rpc.v1.ListAllocationsReply;
import io.steppe.rpc.v1.ListAllocationsRequest;
import io.steppe.rpc.v1.ListForNodeReply;
import io.steppe.rpc.v1.ListForNodeRequest;
import io.steppe.rpc.v1.StopAllocationReply;
import io.steppe.rpc.v1.StopAllocationRequest;

final class AllocationsEndpoint extends AllocationsGrpc.AllocationsImplBase {
  private final Region region;

  AllocationsEndpoint(Region region) {
    this.region = region;
  }

  @Override
  public void list(ListAllocationsRequest request, StreamObserver<ListAllocationsReply> out) {
    ListAllocationsReply.Builder reply =
        ListAllocationsReply.newBuilder().setMeta(region.meta(request.getRead(), "allocs"));
    if (!reply.getMeta().getUnchanged()) {
      region.allocations.values().stream()
          .filter(
              allocation ->
                  request.getJobId().isEmpty() || allocation.getJobId().equals(request.getJobId()))
          .filter(allocation -> allocation.getId().startsWith(request.getRead().getPrefix()))
          .map(AllocationsEndpoint::stub)
          .forEach(reply::addAllocations);
    }
    out.onNext(reply.build());
    out.onCompleted();
  }

  @Override
  public void listForNode(ListForNodeRequest request, StreamObserver<ListForNodeReply> out) {
    ListForNodeReply.Builder reply =
        ListForNodeReply.newBuilder().setMeta(region.meta(request.getRead(), "allocs"));
    if (!reply.getMeta().getUnchanged()) {
      region.allocations.values().stream()
          .filter(allocation -> allocation.getNodeId().equals(request.getNodeId()))
          .forEach(reply::addAllocations);
    }
    out.onNext(reply.build());
    out.onCompleted();
  }

  @Override
  public void get(GetAllocationRequest request, StreamObserver<GetAllocationReply> out) {
    region
        .found(region.allocations, request.getAllocationId())
        .ifPresentOrElse(
            allocation -> {
              out.onNext(
                  GetAllocationReply.newBuilder()
                      .setMeta(region.meta(request.getRead(), "allocs"))
                      .setAllocation(allocation)
                      .build());
              out.onCompleted();
            },
            () -> out.onError(Failure.notFound("nothing").toStatus()));
  }

  @Override
  public void stop(StopAllocationRequest request, StreamObserver<StopAllocationReply> out) {
    region
        .found(region.allocations, request.getAllocationId())
        .ifPresentOrElse(
            allocation -> {
              long index = region.put(allocation.toBuilder().setDesiredStatus("stop").build());
              out.onNext(StopAllocationReply.newBuilder().setEvalId("e").setIndex(index).build());
              out.onCompleted();
            },
            () -> out.onError(Failure.notFound("nothing").toStatus()));
  }

  private static AllocListStub stub(Allocation allocation) {
    return AllocListStub.newBuilder()
        .setId(allocation.getId())
        .setJobId(allocation.getJobId())
        .setCreateIndex(allocation.getCreateIndex())
        .build();
  }
}
