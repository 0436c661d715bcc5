package io.steppe.gateway.node;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.acl.Right;
import io.steppe.gateway.answer.Page;
import io.steppe.gateway.answer.Read;
import io.steppe.gateway.answer.Reads;
import io.steppe.gateway.answer.Scope;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Ids;
import io.steppe.rpc.v1.GetNodeReply;
import io.steppe.rpc.v1.GetNodeRequest;
import io.steppe.rpc.v1.ListForNodeReply;
import io.steppe.rpc.v1.ListForNodeRequest;
import io.steppe.rpc.v1.ListNodesReply;
import io.steppe.rpc.v1.ListNodesRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Set;

/** Reads of {@code /v1/nodes} and {@code /v1/node/}. */
@Path("/v1")
@RunOnVirtualThread
public class NodeResource {
  private static final String BASE = "/v1/node/";
  private static final String ALLOCATIONS = "/allocations";

  /** What a node's path ends with where it is written only. */
  private static final Set<String> WRITES = Set.of("/drain", "/eligibility", "/purge", "/evaluate");

  private final Reads reads;
  private final Calls calls;

  NodeResource(Reads reads, Calls calls) {
    this.reads = reads;
    this.calls = calls;
  }

  /** The nodes. */
  @GET
  @Path("nodes")
  public Response list(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ReadParameters parameters = reads.parameters(request);
    boolean resources = request.query().bool("resources", false);
    boolean os = request.query().bool("os", false);
    String prefix = Ids.prefix("node", parameters.prefix());
    return reads.answer(
        request,
        parameters,
        new Read(
            NodeRoute.NODES,
            Scope.about(),
            resources + "/" + os,
            Interest.nodes(),
            options -> {
              ListNodesRequest call =
                  ListNodesRequest.newBuilder()
                      .setRead(options.toBuilder().setPrefix(prefix))
                      .setResources(resources)
                      .setOs(os)
                      .build();
              return calls.nodes(
                  stub ->
                      Page.of(
                          stub.list(call), ListNodesReply::getMeta, ListNodesReply::getNodesList));
            }));
  }

  /** A node, or its allocations. */
  @GET
  @Path("node/{rest:.*}")
  public Response get(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    String rest = request.pathAfter(BASE);
    if (WRITES.stream().anyMatch(rest::endsWith)) {
      throw Refusal.invalidMethod();
    }
    return rest.endsWith(ALLOCATIONS)
        ? allocations(request, rest.substring(0, rest.length() - ALLOCATIONS.length()))
        : node(request, rest);
  }

  private Response node(Request request, String id) {
    ReadParameters parameters = reads.parameters(request);
    if (id.isEmpty()) {
      throw new Refusal(500, "missing node ID");
    }
    String nodeId = Ids.whole("node", id);
    return reads.answer(
        request,
        parameters,
        new Read(
            NodeRoute.NODE,
            Scope.about(),
            nodeId,
            Interest.node(nodeId),
            options -> {
              GetNodeRequest call =
                  GetNodeRequest.newBuilder().setRead(options).setNodeId(nodeId).build();
              GetNodeReply reply = calls.nodes(stub -> stub.get(call));
              return Page.of(reply.getMeta(), reply.getNode());
            }));
  }

  private Response allocations(Request request, String id) {
    ReadParameters parameters = reads.parameters(request);
    String nodeId = Ids.whole("node", id);
    return reads.answer(
        request,
        parameters,
        new Read(
            NodeRoute.NODE_ALLOCATIONS,
            Scope.shown(Right.namespace("read-job")),
            nodeId,
            Interest.allocations(),
            options -> {
              ListForNodeRequest call =
                  ListForNodeRequest.newBuilder().setRead(options).setNodeId(nodeId).build();
              return calls.allocations(
                  stub ->
                      Page.of(
                          stub.listForNode(call),
                          ListForNodeReply::getMeta,
                          ListForNodeReply::getAllocationsList));
            }));
  }
}
