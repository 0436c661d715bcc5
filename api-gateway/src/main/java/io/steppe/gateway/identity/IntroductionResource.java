package io.steppe.gateway.identity;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.proto.v1.ClientIntroductionRequest;
import io.steppe.proto.v1.ClientIntroductionResponse;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.IntroduceRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** Tokens that introduce nodes. */
@Path("/v1/acl/identity")
@RunOnVirtualThread
public class IntroductionResource {
  private final Calls calls;

  IntroductionResource(Calls calls) {
    this.calls = calls;
  }

  /** Makes one. */
  @POST
  @Path("client-introduction-token")
  public Response introduce(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(IdentityRoute.CLIENT_INTRODUCTION);
    if (!request.hasBody()) {
      throw Refusal.badRequest("Request body is empty");
    }
    ClientIntroductionRequest wish = request.body(ClientIntroductionRequest.getDefaultInstance());
    IntroduceRequest call =
        IntroduceRequest.newBuilder()
            .setCaller(request.caller())
            .setTtl(wish.getTtl())
            .setNodeName(wish.getNodeName())
            .setNodePool(wish.getNodePool())
            .build();
    try {
      return Replies.document(
          request,
          ClientIntroductionResponse.newBuilder()
              .setJwt(calls.identities(stub -> stub.introduce(call)).getJwt())
              .build());
    } catch (Failure failure) {
      throw IdentityRoute.CLIENT_INTRODUCTION.refusal(failure);
    }
  }

  /** Makes one. */
  @PUT
  @Path("client-introduction-token")
  public Response introduceByPut(@Context RoutingContext routing) {
    return introduce(routing);
  }
}
