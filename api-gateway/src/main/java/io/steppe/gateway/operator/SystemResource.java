package io.steppe.gateway.operator;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.rpc.v1.CollectGarbageRequest;
import io.steppe.rpc.v1.CollectNodesRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** {@code /v1/system}: housekeeping that otherwise is done by itself. */
@Path("/v1/system")
@RunOnVirtualThread
public class SystemResource {
  private final Calls calls;

  SystemResource(Calls calls) {
    this.calls = calls;
  }

  /** Begins to delete what is over. */
  @PUT
  @Path("gc")
  public Response collect(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(OperatorRoute.SYSTEM_GC);
    CollectGarbageRequest call =
        CollectGarbageRequest.newBuilder().setCaller(request.caller()).build();
    calls.garbage(stub -> stub.collect(call));
    CollectNodesRequest nodes =
        CollectNodesRequest.newBuilder().setCaller(request.caller()).build();
    calls.nodes(stub -> stub.collect(nodes));
    return empty();
  }

  /** Summaries are counted from the allocations whenever they are read: there is nothing to do. */
  @PUT
  @Path("reconcile/summaries")
  public Response reconcile(@Context RoutingContext routing) {
    Request.of(routing).check(OperatorRoute.SYSTEM_RECONCILE_SUMMARIES);
    return empty();
  }

  private static Response empty() {
    return Response.ok().header("Vary", "Accept-Encoding").build();
  }
}
