package io.steppe.alloc.allocation;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Ids;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Reads;
import io.steppe.alloc.view.Reads.Read;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Allocation;
import io.steppe.query.Listing;
import io.steppe.query.Order;
import io.steppe.query.Page;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Allocations;
import io.steppe.rpc.v1.GetAllocationReply;
import io.steppe.rpc.v1.GetAllocationRequest;
import io.steppe.rpc.v1.ListAllocationsReply;
import io.steppe.rpc.v1.ListAllocationsRequest;
import io.steppe.rpc.v1.ListForNodeReply;
import io.steppe.rpc.v1.ListForNodeRequest;
import io.steppe.rpc.v1.StopAllocationReply;
import io.steppe.rpc.v1.StopAllocationRequest;
import io.steppe.rpc.v1.UpdateFromClientReply;
import io.steppe.rpc.v1.UpdateFromClientRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Allocations, as other services call them. */
@GrpcService
public class AllocationEndpoint implements Allocations {
  private static final String WHAT = "alloc";
  private static final Order<Allocation> OLDEST_FIRST =
      Order.byCreation(Allocation::getCreateIndex, Allocation::getId);

  private final Ledger<AllocView> ledger;
  private final Reads reads;
  private final Supplier<RandomGenerator> random;

  public AllocationEndpoint(
      Ledger<AllocView> ledger, Reads reads, Supplier<RandomGenerator> random) {
    this.ledger = ledger;
    this.reads = reads;
    this.random = random;
  }

  @Override
  public Multi<ListAllocationsReply> list(ListAllocationsRequest call) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Ids.malformedPrefix(WHAT, call.getRead().getPrefix())
                  .ifPresent(AllocationEndpoint::refuse);
              return reads.list(call.getRead());
            })
        .map(read -> list(read, call))
        .onItem()
        .transformToMulti(replies -> Multi.createFrom().iterable(replies))
        .onFailure()
        .transform(AllocationEndpoint::status);
  }

  private static List<ListAllocationsReply> list(Read read, ListAllocationsRequest call) {
    var meta = read.meta(Tables.ALLOCS);
    if (meta.getUnchanged()) {
      return List.of(ListAllocationsReply.newBuilder().setMeta(meta).build());
    }
    var found =
        candidates(read, call)
            .filter(allocation -> allocation.getId().startsWith(read.options().getPrefix()))
            .toList();
    var page = page(read, found);
    var stubs =
        page.objects().stream()
            .map(
                listed ->
                    AllocationStubs.of(
                        listed, read.view(), call.getResources(), call.getTaskStates()))
            .toList();
    var replies = new ArrayList<ListAllocationsReply>();
    for (var chunk : Reads.chunks(stubs)) {
      var reply = ListAllocationsReply.newBuilder().addAllAllocations(chunk);
      replies.add(replies.isEmpty() ? reply.setMeta(page.meta(meta)).build() : reply.build());
    }
    return replies;
  }

  /** Filters are about whole allocations, their jobs included. */
  private static Page<Allocation> page(Read read, Collection<Allocation> found) {
    return Listing.of(read.options())
        .page(found, OLDEST_FIRST, allocation -> AllocationStubs.withJob(allocation, read.view()));
  }

  /**
   * By the index that fits: allocations of an evaluation are asked for whatever their namespace.
   */
  private static Stream<Allocation> candidates(Read read, ListAllocationsRequest call) {
    if (!call.getEvaluationId().isEmpty()) {
      return read.view().allocationsFrom(call.getEvaluationId()).stream()
          .filter(allocation -> read.shows(allocation.getNamespace()));
    }
    Collection<Allocation> all =
        call.getJobId().isEmpty() || read.options().getNamespace().equals("*")
            ? read.view().allocations().values()
            : read.view().allocationsOf(new JobKey(read.options().getNamespace(), call.getJobId()));
    return all.stream()
        .filter(allocation -> read.sees(allocation.getNamespace()))
        .filter(
            allocation ->
                call.getJobId().isEmpty() || call.getJobId().equals(allocation.getJobId()));
  }

  @Override
  public Multi<ListForNodeReply> listForNode(ListForNodeRequest call) {
    return reads
        .list(call.getRead())
        .map(read -> listForNode(read, call.getNodeId()))
        .onItem()
        .transformToMulti(replies -> Multi.createFrom().iterable(replies))
        .onFailure()
        .transform(AllocationEndpoint::status);
  }

  private static List<ListForNodeReply> listForNode(Read read, String nodeId) {
    var meta = read.meta(Tables.ALLOCS);
    if (meta.getUnchanged()) {
      return List.of(ListForNodeReply.newBuilder().setMeta(meta).build());
    }
    var found =
        read.view().allocationsOn(nodeId).stream()
            .filter(allocation -> read.shows(allocation.getNamespace()))
            .toList();
    var page = page(read, found);
    var allocations =
        page.objects().stream()
            .map(allocation -> AllocationStubs.withJob(allocation, read.view()))
            .toList();
    var replies = new ArrayList<ListForNodeReply>();
    for (var chunk : Reads.chunks(allocations)) {
      var reply = ListForNodeReply.newBuilder().addAllAllocations(chunk);
      replies.add(replies.isEmpty() ? reply.setMeta(page.meta(meta)).build() : reply.build());
    }
    return replies;
  }

  @Override
  public Uni<GetAllocationReply> get(GetAllocationRequest call) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Ids.malformed(WHAT, call.getAllocationId()).ifPresent(AllocationEndpoint::refuse);
              return reads.read(call.getRead());
            })
        .map(
            read -> {
              var allocation =
                  read.view()
                      .allocation(call.getAllocationId())
                      .filter(found -> read.shows(found.getNamespace()))
                      .orElseThrow(() -> Failure.notFound("alloc not found"));
              var meta = read.meta(Tables.ALLOCS);
              var reply = GetAllocationReply.newBuilder().setMeta(meta);
              return meta.getUnchanged()
                  ? reply.build()
                  : reply.setAllocation(AllocationStubs.withJob(allocation, read.view())).build();
            })
        .onFailure()
        .transform(AllocationEndpoint::status);
  }

  @Override
  public Uni<StopAllocationReply> stop(StopAllocationRequest call) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Ids.malformed(WHAT, call.getAllocationId()).ifPresent(AllocationEndpoint::refuse);
              return ledger.commit(
                  Callers.required(call.getCaller()).getRequestId(),
                  StopAllocationReply.parser(),
                  new StopAllocation(
                      call.getAllocationId(), call.getNoShutdownDelay(), Ids.from(random.get())));
            })
        .onFailure()
        .transform(AllocationEndpoint::status);
  }

  @Override
  public Uni<UpdateFromClientReply> updateFromClient(UpdateFromClientRequest call) {
    return Uni.createFrom()
        .deferred(
            () ->
                ledger.commit(
                    Callers.required(call.getCaller()).getRequestId(),
                    UpdateFromClientReply.parser(),
                    new ClientReport(call.getAllocationsList(), random.get())))
        .onFailure()
        .transform(AllocationEndpoint::status);
  }

  private static void refuse(Failure failure) {
    throw failure;
  }

  private static Throwable status(Throwable error) {
    return Failure.of(error).toStatus();
  }
}
