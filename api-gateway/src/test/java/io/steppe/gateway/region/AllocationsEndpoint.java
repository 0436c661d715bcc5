package io.steppe.gateway.region;

import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.AllocListStub;
import io.steppe.proto.v1.Allocation;
import io.steppe.query.Listing;
import io.steppe.query.Order;
import io.steppe.query.Page;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AllocationsGrpc;
import io.steppe.rpc.v1.GetAllocationReply;
import io.steppe.rpc.v1.GetAllocationRequest;
import io.steppe.rpc.v1.ListAllocationsReply;
import io.steppe.rpc.v1.ListAllocationsRequest;
import io.steppe.rpc.v1.ListForNodeReply;
import io.steppe.rpc.v1.ListForNodeRequest;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.StopAllocationReply;
import io.steppe.rpc.v1.StopAllocationRequest;
import java.util.List;

final class AllocationsEndpoint extends AllocationsGrpc.AllocationsImplBase {
  private final Region region;

  AllocationsEndpoint(Region region) {
    this.region = region;
  }

  @Override
  public void list(ListAllocationsRequest request, StreamObserver<ListAllocationsReply> out) {
    ReadMeta meta = region.meta(request.getRead(), "allocs");
    ListAllocationsReply.Builder reply = ListAllocationsReply.newBuilder().setMeta(meta);
    if (!meta.getUnchanged()) {
      List<Allocation> found =
          region.allocations.values().stream()
              .filter(
                  allocation ->
                      request.getJobId().isEmpty()
                          || allocation.getJobId().equals(request.getJobId()))
              .filter(allocation -> Region.sees(request.getRead(), namespace(allocation)))
              .filter(allocation -> allocation.getId().startsWith(request.getRead().getPrefix()))
              .toList();
      try {
        Page<Allocation> page =
            Listing.of(request.getRead())
                .page(found, Order.byCreation(Allocation::getCreateIndex, Allocation::getId));
        reply.setMeta(page.meta(meta));
        page.objects().stream().map(AllocationsEndpoint::stub).forEach(reply::addAllocations);
      } catch (Failure failure) {
        out.onError(failure.toStatus());
        return;
      }
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
          .filter(allocation -> Region.shows(request.getRead(), namespace(allocation)))
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

  private static String namespace(Allocation allocation) {
    return allocation.getNamespace().isEmpty() ? "default" : allocation.getNamespace();
  }

  private static AllocListStub stub(Allocation allocation) {
    return AllocListStub.newBuilder()
        .setId(allocation.getId())
        .setJobId(allocation.getJobId())
        .setCreateIndex(allocation.getCreateIndex())
        .build();
  }
}
