package io.steppe.gateway.node;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Ids;
import io.steppe.proto.v1.NodeEligibilityUpdateResponse;
import io.steppe.proto.v1.NodeUpdateEligibilityRequest;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.SetEligibilityReply;
import io.steppe.rpc.v1.SetEligibilityRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** {@code /v1/node/<id>/eligibility}: whether the scheduler may use a node. */
@Path("/v1")
@RunOnVirtualThread
public class EligibilityResource {
  private final Calls calls;

  EligibilityResource(Calls calls) {
    this.calls = calls;
  }

  /** Sets a node's eligibility. */
  @PUT
  @Path("node/{id:.*}/eligibility")
  public Response put(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    NodeUpdateEligibilityRequest body =
        request.body(NodeUpdateEligibilityRequest.getDefaultInstance());
    String nodeId =
        Ids.whole(
            "node",
            body.getNodeId().isEmpty() ? NodePath.id(request, "eligibility") : body.getNodeId());
    SetEligibilityRequest call =
        SetEligibilityRequest.newBuilder()
            .setCaller(request.caller())
            .setNodeId(nodeId)
            .setEligibility(checked(body.getEligibility()))
            .build();
    request.check(NodeRoute.NODE_ELIGIBILITY);
    try {
      SetEligibilityReply reply = calls.nodes(stub -> stub.setEligibility(call));
      return Replies.written(
          request,
          reply.getIndex(),
          NodeEligibilityUpdateResponse.newBuilder().setIndex(reply.getIndex()).build());
    } catch (Failure failure) {
      throw NodeRoute.NODE_ELIGIBILITY.refusal(failure);
    }
  }

  /** Sets a node's eligibility. */
  @POST
  @Path("node/{id:.*}/eligibility")
  public Response post(@Context RoutingContext routing) {
    return put(routing);
  }

  static String checked(String eligibility) {
    if (!eligibility.equals("eligible") && !eligibility.equals("ineligible")) {
      throw new Refusal(500, "invalid scheduling eligibility \"" + eligibility + "\"");
    }
    return eligibility;
  }
}
