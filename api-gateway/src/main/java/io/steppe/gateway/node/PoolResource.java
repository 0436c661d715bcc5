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
import io.steppe.rpc.v1.GetNodePoolReply;
import io.steppe.rpc.v1.GetNodePoolRequest;
import io.steppe.rpc.v1.ListJobsReply;
import io.steppe.rpc.v1.ListJobsRequest;
import io.steppe.rpc.v1.ListNodePoolsReply;
import io.steppe.rpc.v1.ListNodePoolsRequest;
import io.steppe.rpc.v1.ListNodesReply;
import io.steppe.rpc.v1.ListNodesRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Set;

/** Reads of {@code /v1/node/pools} and {@code /v1/node/pool/}. */
@Path("/v1")
@RunOnVirtualThread
public class PoolResource {
  private static final String BASE = "/v1/node/pool/";
  private static final String NODES = "/nodes";
  private static final String JOBS = "/jobs";

  private final Reads reads;
  private final Calls calls;

  PoolResource(Reads reads, Calls calls) {
    this.reads = reads;
    this.calls = calls;
  }

  /** The node pools. */
  @GET
  @Path("node/pools")
  public Response list(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ReadParameters parameters = reads.parameters(request);
    return reads.answer(
        request,
        parameters,
        new Read(
            PoolRoute.NODE_POOLS,
            new Scope.Listed(new Right.NodePool(Set.of("read"))),
            "",
            Interest.nodePools(),
            options -> {
              ListNodePoolsRequest call =
                  ListNodePoolsRequest.newBuilder().setRead(options).build();
              return calls.nodePools(
                  stub ->
                      Page.of(
                          stub.list(call),
                          ListNodePoolsReply::getMeta,
                          ListNodePoolsReply::getPoolsList));
            }));
  }

  /** A node pool, its nodes, or its jobs. */
  @GET
  @Path("node/pool/{rest:.*}")
  public Response get(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    String rest = request.pathAfter(BASE);
    ReadParameters parameters = reads.parameters(request);
    Read read =
        rest.endsWith(NODES)
            ? nodes(request, parameters, named(rest, NODES))
            : rest.endsWith(JOBS)
                ? jobs(request, parameters, named(rest, JOBS))
                : pool(named(rest, ""));
    return reads.answer(request, parameters, read);
  }

  private static String named(String rest, String what) {
    String name = rest.substring(0, rest.length() - what.length());
    if (name.isEmpty()) {
      throw new Refusal(404, "node pool not found");
    }
    return name;
  }

  private Read pool(String name) {
    return new Read(
        PoolRoute.NODE_POOL,
        Scope.about(name),
        name,
        Interest.nodePool(name),
        options -> {
          GetNodePoolRequest call =
              GetNodePoolRequest.newBuilder().setRead(options).setName(name).build();
          GetNodePoolReply reply = calls.nodePools(stub -> stub.get(call));
          return Page.of(reply.getMeta(), reply.getPool());
        });
  }

  private Read nodes(Request request, ReadParameters parameters, String name) {
    boolean resources = request.query().bool("resources", false);
    boolean os = request.query().bool("os", false);
    String prefix = Ids.prefix("node", parameters.prefix());
    return new Read(
        PoolRoute.NODE_POOL_NODES,
        Scope.about(name),
        name + "/" + resources + "/" + os,
        Interest.nodes(),
        options -> {
          ListNodesRequest call =
              ListNodesRequest.newBuilder()
                  .setRead(options.toBuilder().setPrefix(prefix))
                  .setResources(resources)
                  .setOs(os)
                  .setNodePool(name)
                  .build();
          return calls.nodes(
              stub ->
                  Page.of(stub.list(call), ListNodesReply::getMeta, ListNodesReply::getNodesList));
        });
  }

  private Read jobs(Request request, ReadParameters parameters, String name) {
    boolean meta = request.query().bool("meta", false);
    return new Read(
        PoolRoute.NODE_POOL_JOBS,
        Scope.shown(Right.namespace("read-job"), name),
        name + "/" + meta,
        Interest.jobs(),
        options -> {
          ListJobsRequest call =
              ListJobsRequest.newBuilder().setRead(options).setMeta(meta).setNodePool(name).build();
          return calls.jobs(
              stub -> Page.of(stub.list(call), ListJobsReply::getMeta, ListJobsReply::getJobsList));
        });
  }
}
