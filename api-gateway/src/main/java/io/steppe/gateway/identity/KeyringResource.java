package io.steppe.gateway.identity;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.json.Json;
import io.steppe.proto.v1.KeyringRotateResponse;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeleteKeyRequest;
import io.steppe.rpc.v1.ListKeysReply;
import io.steppe.rpc.v1.ListKeysRequest;
import io.steppe.rpc.v1.RotateKeyRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** The keys that identities are signed with. */
@Path("/v1/operator/keyring")
@RunOnVirtualThread
public class KeyringResource {
  private static final String KEY = "/v1/operator/keyring/key/";

  private final Calls calls;

  KeyringResource(Calls calls) {
    this.calls = calls;
  }

  /** All of them, none itself. */
  @GET
  @Path("keys")
  public Response keys(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(IdentityRoute.KEYRING_KEYS);
    try {
      ListKeysReply reply =
          calls.identities(stub -> stub.listKeys(ListKeysRequest.getDefaultInstance()));
      return Replies.written(
          request, reply.getMeta().getIndex(), Json.writeList(reply.getKeysList()));
    } catch (Failure failure) {
      throw IdentityRoute.KEYRING_KEYS.refusal(failure);
    }
  }

  /** A new one. */
  @PUT
  @Path("rotate")
  public Response rotate(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(IdentityRoute.KEYRING_ROTATE);
    if (request.query().has("publish_time")) {
      throw Refusal.badRequest("publish_time is not supported: keys can't be published ahead");
    }
    RotateKeyRequest call = RotateKeyRequest.newBuilder().setCaller(request.caller()).build();
    try {
      var reply = calls.identities(stub -> stub.rotateKey(call));
      return Replies.written(
          request,
          reply.getIndex(),
          KeyringRotateResponse.newBuilder()
              .setIndex(reply.getIndex())
              .setKey(reply.getKey())
              .build());
    } catch (Failure failure) {
      throw IdentityRoute.KEYRING_ROTATE.refusal(failure);
    }
  }

  /** A new one. */
  @POST
  @Path("rotate")
  public Response rotateByPost(@Context RoutingContext routing) {
    return rotate(routing);
  }

  /** One less. */
  @DELETE
  @Path("key/{id:.*}")
  public Response delete(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(IdentityRoute.KEYRING_DELETE);
    DeleteKeyRequest call =
        DeleteKeyRequest.newBuilder()
            .setCaller(request.caller())
            .setKeyId(request.pathAfter(KEY))
            .build();
    try {
      return Replies.written(calls.identities(stub -> stub.deleteKey(call)).getIndex());
    } catch (Failure failure) {
      throw IdentityRoute.KEYRING_DELETE.refusal(failure);
    }
  }
}
