package io.steppe.gateway.node;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.query.Ids;
import io.steppe.proto.v1.NodeUpdateResponse;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.NodeChangedReply;
import io.steppe.rpc.v1.PurgeNodeRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** {@code /v1/node/<id>/purge}: a node is forgotten. */
@Path("/v1")
@RunOnVirtualThread
public class PurgeResource {
  private final Calls calls;

  PurgeResource(Calls calls) {
    this.calls = calls;
  }

  /** Forgets a node; its allocations are lost. */
  @PUT
  @Path("node/{id:.*}/purge")
  public Response put(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    PurgeNodeRequest call =
        PurgeNodeRequest.newBuilder()
            .setCaller(request.caller())
            .setNodeId(Ids.whole("node", NodePath.id(request, "purge")))
            .build();
    request.check(NodeRoute.NODE_PURGE);
    try {
      NodeChangedReply reply = calls.nodes(stub -> stub.purge(call));
      return Replies.written(
          request,
          reply.getIndex(),
          NodeUpdateResponse.newBuilder()
              .addAllEvalIds(reply.getEvalIdsList())
              .setEvalCreateIndex(reply.getEvalCreateIndex())
              .setNodeModifyIndex(reply.getIndex())
              .setIndex(reply.getIndex())
              .build());
    } catch (Failure failure) {
      throw NodeRoute.NODE_PURGE.refusal(failure);
    }
  }

  /** Forgets a node; its allocations are lost. */
  @POST
  @Path("node/{id:.*}/purge")
  public Response post(@Context RoutingContext routing) {
    return put(routing);
  }
}
