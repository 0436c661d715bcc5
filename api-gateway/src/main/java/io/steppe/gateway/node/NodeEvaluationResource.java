package io.steppe.gateway.node;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.cluster.Membership;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.query.Ids;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeServerInfo;
import io.steppe.proto.v1.NodeUpdateResponse;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.CreateForNodeRequest;
import io.steppe.rpc.v1.GetNodeRequest;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.rpc.v1.NodeEvaluationsReply;
import io.steppe.rpc.v1.ReadOptions;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;

/** {@code /v1/node/<id>/evaluate}: the jobs of a node are looked at again. */
@Path("/v1")
@RunOnVirtualThread
public class NodeEvaluationResource {
  private static final Logger LOG = Logger.getLogger(NodeEvaluationResource.class);
  private static final String LOG_KEEPER = "event-service";

  private final Calls calls;
  private final Membership membership;
  private final GatewaySettings settings;

  NodeEvaluationResource(Calls calls, Membership membership, GatewaySettings settings) {
    this.calls = calls;
    this.membership = membership;
    this.settings = settings;
  }

  /** Makes an evaluation of every job with an allocation on the node, and of every system job. */
  @PUT
  @Path("node/{id:.*}/evaluate")
  public Response put(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    String nodeId = Ids.whole("node", NodePath.id(request, "evaluate"));
    CreateForNodeRequest call =
        CreateForNodeRequest.newBuilder().setCaller(request.caller()).setNodeId(nodeId).build();
    request.check(NodeRoute.NODE_EVALUATE);
    try {
      NodeEvaluationsReply reply = calls.evaluations(stub -> stub.createForNode(call));
      NodeUpdateResponse.Builder answer =
          NodeUpdateResponse.newBuilder()
              .addAllEvalIds(reply.getEvalIdsList())
              .setEvalCreateIndex(reply.getEvalCreateIndex())
              .setNodeModifyIndex(reply.getNodeModifyIndex())
              .setNumNodes(reply.getNumNodes())
              .setIndex(reply.getIndex());
      surroundings(request, nodeId, answer);
      return Replies.written(request, reply.getIndex(), answer.build());
    } catch (Failure failure) {
      throw NodeRoute.NODE_EVALUATE.refusal(failure);
    }
  }

  /** Makes an evaluation of every job with an allocation on the node, and of every system job. */
  @POST
  @Path("node/{id:.*}/evaluate")
  public Response post(@Context RoutingContext routing) {
    return put(routing);
  }

  /** The evaluations are made: what can't be told beside them is left out. */
  private void surroundings(Request request, String nodeId, NodeUpdateResponse.Builder answer) {
    GetNodeRequest read =
        GetNodeRequest.newBuilder()
            .setRead(ReadOptions.newBuilder().setCaller(request.caller()).setStale(true))
            .setNodeId(nodeId)
            .build();
    try {
      Node node = calls.nodes(stub -> stub.get(read)).getNode();
      answer.setSchedulingEligibility(node.getSchedulingEligibility());
      MembersReply members = membership.members();
      members.getMembersList().stream()
          .filter(member -> member.getAlive() && member.getService().equals(LOG_KEEPER))
          .forEach(member -> answer.addServers(server(member)));
      Membership.leader(members).map(Member::getAddress).ifPresent(answer::setLeaderRpcAddr);
    } catch (Failure failure) {
      LOG.debugf("Servers and eligibility are not told: %s", failure.getMessage());
    }
  }

  private NodeServerInfo server(Member member) {
    return NodeServerInfo.newBuilder()
        .setRpcAdvertiseAddr(member.getAddress())
        .setDatacenter(settings.datacenter())
        .build();
  }
}
