package io.steppe.gateway.identity;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.proto.v1.OpenIdConfiguration;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.PublicKeysRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** What others need to check identities of tasks. */
@Path("/.well-known")
@RunOnVirtualThread
public class WellKnownResource {
  private final Calls calls;
  private final Optional<String> issuer;

  WellKnownResource(Calls calls, GatewaySettings settings) {
    this.calls = calls;
    this.issuer = settings.identity().issuer();
  }

  /** The public keys. */
  @GET
  @Path("jwks.json")
  public Response publicKeys(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(IdentityRoute.PUBLIC_KEYS);
    try {
      var reply =
          calls.identities(
              stub ->
                  stub.publicKeys(
                      PublicKeysRequest.newBuilder().setCaller(Callers.anonymous()).build()));
      return Replies.document(request, 200, reply.getJwks().toByteArray());
    } catch (Failure failure) {
      throw IdentityRoute.PUBLIC_KEYS.refusal(failure);
    }
  }

  /** Where they are, and who issues. */
  @GET
  @Path("openid-configuration")
  public Response configuration(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(IdentityRoute.OPENID_CONFIGURATION);
    String base =
        issuer.orElseThrow(
            () -> IdentityRoute.OPENID_CONFIGURATION.refusal(Failure.notFound("no issuer")));
    return Replies.document(
        request,
        OpenIdConfiguration.newBuilder()
            .setIssuer(base)
            .setJwksUri(base.replaceAll("/+$", "") + "/.well-known/jwks.json")
            .addIdTokenSigningAlgValuesSupported("RS256")
            .addResponseTypesSupported("code")
            .addSubjectTypesSupported("public")
            .build());
  }
}
