package io.steppe.gateway.node;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.query.Ids;
import io.steppe.proto.v1.DrainSpec;
import io.steppe.proto.v1.NodeDrainUpdateResponse;
import io.steppe.proto.v1.NodeUpdateDrainRequest;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.NodeChangedReply;
import io.steppe.rpc.v1.UpdateDrainRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** {@code /v1/node/<id>/drain}: a node is emptied, or is no longer. */
@Path("/v1")
@RunOnVirtualThread
public class DrainResource {
  private static final String ENABLE = "enable";
  private static final long FORCE = -1;

  private final Calls calls;

  DrainResource(Calls calls) {
    this.calls = calls;
  }

  /** Sets, changes or, without a specification, calls off a node's drain. */
  @PUT
  @Path("node/{id:.*}/drain")
  public Response put(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    NodeUpdateDrainRequest body = body(request);
    UpdateDrainRequest call =
        asked(body).toBuilder()
            .setCaller(request.caller())
            .setNodeId(Ids.whole("node", NodePath.id(request, "drain")))
            .build();
    request.check(NodeRoute.NODE_DRAIN);
    try {
      NodeChangedReply reply = calls.nodes(stub -> stub.updateDrain(call));
      return Replies.written(
          request,
          reply.getIndex(),
          NodeDrainUpdateResponse.newBuilder()
              .setNodeModifyIndex(reply.getIndex())
              .addAllEvalIds(reply.getEvalIdsList())
              .setEvalCreateIndex(reply.getEvalCreateIndex())
              .setIndex(reply.getIndex())
              .build());
    } catch (Failure failure) {
      throw NodeRoute.NODE_DRAIN.refusal(failure);
    }
  }

  /** Sets, changes or, without a specification, calls off a node's drain. */
  @POST
  @Path("node/{id:.*}/drain")
  public Response post(@Context RoutingContext routing) {
    return put(routing);
  }

  /**
   * What is asked for; clients older than drain specifications send {@code enable=} and no body,
   * and mean everything at once, or eligible again.
   */
  private static NodeUpdateDrainRequest body(Request request) {
    if (request.hasBody() || request.query().text(ENABLE).isEmpty()) {
      return request.body(NodeUpdateDrainRequest.getDefaultInstance());
    }
    NodeUpdateDrainRequest.Builder old = NodeUpdateDrainRequest.newBuilder();
    return request.query().bool(ENABLE, false)
        ? old.setDrainSpec(DrainSpec.newBuilder().setDeadline(FORCE)).build()
        : old.setMarkEligible(true).build();
  }

  /** What a body asks for, whichever nodes it is asked of. */
  static UpdateDrainRequest asked(NodeUpdateDrainRequest body) {
    UpdateDrainRequest.Builder call =
        UpdateDrainRequest.newBuilder()
            .setMarkEligible(body.getMarkEligible())
            .putAllMeta(body.getMetaMap());
    if (body.hasDrainSpec()) {
      call.setSpec(body.getDrainSpec());
    }
    return call.build();
  }
}
