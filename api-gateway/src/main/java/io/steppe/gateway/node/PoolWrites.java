package io.steppe.gateway.node;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.proto.v1.NodePool;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeleteNodePoolRequest;
import io.steppe.rpc.v1.NodePoolChangedReply;
import io.steppe.rpc.v1.UpsertNodePoolRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** Node pools are made, changed and forgotten. */
@Path("/v1")
@RunOnVirtualThread
public class PoolWrites {
  private static final String BASE = "/v1/node/pool/";

  private final Calls calls;

  PoolWrites(Calls calls) {
    this.calls = calls;
  }

  /** Makes a node pool, or changes it. */
  @PUT
  @Path("node/pools")
  public Response upsert(@Context RoutingContext routing) {
    return upsert(Request.of(routing), "");
  }

  /** Makes a node pool, or changes it. */
  @POST
  @Path("node/pools")
  public Response upsertByPost(@Context RoutingContext routing) {
    return upsert(routing);
  }

  /** Makes the node pool of a name, or changes it. */
  @PUT
  @Path("node/pool/{name:[^/]*}")
  public Response upsertNamed(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    return upsert(request, name(request));
  }

  /** Makes the node pool of a name, or changes it. */
  @POST
  @Path("node/pool/{name:[^/]*}")
  public Response upsertNamedByPost(@Context RoutingContext routing) {
    return upsertNamed(routing);
  }

  /** Forgets a node pool that no node and no job is in. */
  @DELETE
  @Path("node/pool/{name:[^/]*}")
  public Response delete(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(PoolRoute.NODE_POOL_DELETE, name(request));
    DeleteNodePoolRequest call =
        DeleteNodePoolRequest.newBuilder()
            .setCaller(request.caller())
            .setName(name(request))
            .build();
    try {
      NodePoolChangedReply reply = calls.nodePools(stub -> stub.delete(call));
      return Replies.written(reply.getIndex());
    } catch (Failure failure) {
      throw PoolRoute.NODE_POOL_DELETE.refusal(failure);
    }
  }

  private Response upsert(Request request, String named) {
    NodePool pool = request.body(NodePool.getDefaultInstance());
    if (!named.isEmpty() && !pool.getName().isEmpty() && !pool.getName().equals(named)) {
      throw Refusal.badRequest("Node pool name does not match request path");
    }
    String name = named.isEmpty() ? pool.getName() : named;
    request.check(named.isEmpty() ? PoolRoute.NODE_POOL_CREATE : PoolRoute.NODE_POOL_UPSERT, name);
    UpsertNodePoolRequest call =
        UpsertNodePoolRequest.newBuilder()
            .setCaller(request.caller())
            .setPool(pool.toBuilder().setName(name))
            .build();
    try {
      NodePoolChangedReply reply = calls.nodePools(stub -> stub.upsert(call));
      return Replies.written(reply.getIndex());
    } catch (Failure failure) {
      throw PoolRoute.NODE_POOL_UPSERT.refusal(failure);
    }
  }

  private static String name(Request request) {
    String name = request.pathAfter(BASE);
    if (name.isEmpty()) {
      throw Refusal.badRequest("Missing node pool name");
    }
    return name;
  }
}
