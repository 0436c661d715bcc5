package io.steppe.gateway.allocation;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.answer.Page;
import io.steppe.gateway.answer.Read;
import io.steppe.gateway.answer.Reads;
import io.steppe.gateway.answer.Scope;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Ids;
import io.steppe.proto.v1.AllocStopResponse;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.GetAllocationReply;
import io.steppe.rpc.v1.GetAllocationRequest;
import io.steppe.rpc.v1.ListAllocationsReply;
import io.steppe.rpc.v1.ListAllocationsRequest;
import io.steppe.rpc.v1.ReadOptions;
import io.steppe.rpc.v1.StopAllocationReply;
import io.steppe.rpc.v1.StopAllocationRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** {@code /v1/allocations} and {@code /v1/allocation/}. */
@Path("/v1")
@RunOnVirtualThread
public class AllocationResource {
  private static final String BASE = "/v1/allocation/";
  private static final String STOP = "/stop";

  private final Reads reads;
  private final Calls calls;

  AllocationResource(Reads reads, Calls calls) {
    this.reads = reads;
    this.calls = calls;
  }

  /** The allocations. */
  @GET
  @Path("allocations")
  public Response list(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ReadParameters parameters = reads.parameters(request);
    boolean resources = request.query().bool("resources", false);
    boolean taskStates = request.query().bool("task_states", true);
    String prefix = Ids.prefix("alloc", parameters.prefix());
    return reads.answer(
        request,
        parameters,
        Read.namespaced(
            AllocationRoute.ALLOCATIONS,
            parameters,
            resources + "/" + taskStates,
            Interest.allocations(),
            options -> {
              ListAllocationsRequest call =
                  ListAllocationsRequest.newBuilder()
                      .setRead(options.toBuilder().setPrefix(prefix))
                      .setResources(resources)
                      .setTaskStates(taskStates)
                      .build();
              return calls.allocations(
                  stub ->
                      Page.of(
                          stub.list(call),
                          ListAllocationsReply::getMeta,
                          ListAllocationsReply::getAllocationsList));
            }));
  }

  /** An allocation with its job. */
  @GET
  @Path("allocation/{rest:.*}")
  public Response get(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    String rest = request.pathAfter(BASE);
    if (rest.endsWith(STOP)) {
      throw Refusal.invalidMethod();
    }
    ReadParameters parameters = reads.parameters(request);
    if (rest.contains("/")) {
      throw new Refusal(404, "resource not found");
    }
    String id = Ids.whole("alloc", rest);
    return reads.answer(
        request,
        parameters,
        new Read(
            AllocationRoute.ALLOCATION,
            new Scope.OfObject(List.of(), new Refusal(500, "Unknown allocation \"" + id + "\"")),
            id,
            Interest.allocation(id),
            options -> {
              GetAllocationRequest call =
                  GetAllocationRequest.newBuilder().setRead(options).setAllocationId(id).build();
              GetAllocationReply reply = calls.allocations(stub -> stub.get(call));
              return Page.of(
                  reply.getMeta(), reply.getAllocation().getNamespace(), reply.getAllocation());
            }));
  }

  /** Stops an allocation; its job gets another. */
  @PUT
  @Path("allocation/{rest:.*}")
  public Response put(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    String rest = request.pathAfter(BASE);
    if (!rest.endsWith(STOP)) {
      throw rest.contains("/") ? new Refusal(404, "resource not found") : Refusal.invalidMethod();
    }
    boolean noShutdownDelay = request.query().bool("no_shutdown_delay", false);
    String id = Ids.whole("alloc", rest.substring(0, rest.length() - STOP.length()));
    StopAllocationRequest call =
        StopAllocationRequest.newBuilder()
            .setCaller(request.caller())
            .setAllocationId(id)
            .setNoShutdownDelay(noShutdownDelay)
            .build();
    try {
      request.check(AllocationRoute.ALLOCATION_STOP, namespace(request, id));
      StopAllocationReply reply = calls.allocations(stub -> stub.stop(call));
      return Replies.written(
          request,
          reply.getIndex(),
          AllocStopResponse.newBuilder()
              .setEvalId(reply.getEvalId())
              .setIndex(reply.getIndex())
              .build());
    } catch (Failure failure) {
      throw AllocationRoute.ALLOCATION_STOP.refusal(failure);
    }
  }

  /** Where an allocation is, for those whose rights depend on it. */
  private String namespace(Request request, String id) {
    if (request.identity().acl().isManagement()) {
      return "";
    }
    GetAllocationRequest call =
        GetAllocationRequest.newBuilder()
            .setRead(ReadOptions.newBuilder().setCaller(request.caller()).setNamespace("*"))
            .setAllocationId(id)
            .build();
    return calls.allocations(stub -> stub.get(call)).getAllocation().getNamespace();
  }

  /** Stops an allocation; its job gets another. */
  @POST
  @Path("allocation/{rest:.*}")
  public Response post(@Context RoutingContext routing) {
    return put(routing);
  }
}
