package io.steppe.gateway.acl.login;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.acl.state.SecretHash;
import io.steppe.gateway.acl.AclState;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.gateway.acl.Askers;
import io.steppe.gateway.acl.MethodRoute;
import io.steppe.gateway.acl.Problems;
import io.steppe.gateway.acl.binding.Claims;
import io.steppe.gateway.acl.token.Secrets;
import io.steppe.gateway.http.Replies;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.ledger.seal.CannotOpenException;
import io.steppe.proto.v1.ACLLoginRequest;
import io.steppe.proto.v1.ACLOIDCAuthURLRequest;
import io.steppe.proto.v1.ACLOIDCAuthURLResponse;
import io.steppe.proto.v1.ACLOIDCCompleteAuthRequest;
import io.steppe.proto.v1.ACLToken;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StoredAuthMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Map;

/** {@code /v1/acl/login} and {@code /v1/acl/oidc/}: tokens for who is known somewhere else. */
@Path("/v1/acl")
@RunOnVirtualThread
public class LoginResource {
  private static final String OIDC = "OIDC";
  private static final String JWT = "JWT";

  private final Askers askers;
  private final AclState state;
  private final AclWrites writes;
  private final Secrets secrets;
  private final TokenVerifier verifier;
  private final Oidc oidc;

  LoginResource(
      Askers askers,
      AclState state,
      AclWrites writes,
      Secrets secrets,
      TokenVerifier verifier,
      Oidc oidc) {
    this.askers = askers;
    this.state = state;
    this.writes = writes;
    this.secrets = secrets;
    this.verifier = verifier;
    this.oidc = oidc;
  }

  /** What a login says of somebody. */
  private interface Saying {
    Map<String, Object> claims() throws InvalidTokenException;
  }

  /** Gives a token for a JWT that somebody else signed. */
  @PUT
  @Path("login")
  public Response login(@Context RoutingContext routing) {
    Request request = askers.open(routing, MethodRoute.ACL_LOGIN);
    ACLLoginRequest login = request.body(ACLLoginRequest.getDefaultInstance());
    Problems problems = new Problems("invalid login request");
    missing(problems, login.getAuthMethodName(), "auth method name");
    missing(problems, login.getLoginToken(), "login token");
    check(problems);
    StoredAuthMethod method = method(login.getAuthMethodName(), JWT);
    return token(
        request,
        MethodRoute.ACL_LOGIN,
        method,
        () -> verifier.claims(method.getMethod().getConfig(), login.getLoginToken()));
  }

  /** Gives a token for a JWT that somebody else signed. */
  @POST
  @Path("login")
  public Response loginByPost(@Context RoutingContext routing) {
    return login(routing);
  }

  /** Where to log in at a provider. */
  @PUT
  @Path("oidc/auth-url")
  public Response begin(@Context RoutingContext routing) {
    Request request = askers.open(routing, MethodRoute.ACL_OIDC_AUTH_URL);
    ACLOIDCAuthURLRequest login = request.body(ACLOIDCAuthURLRequest.getDefaultInstance());
    Problems problems = new Problems("invalid OIDC auth-url request");
    missing(problems, login.getAuthMethodName(), "auth method name");
    missing(problems, login.getClientNonce(), "client nonce");
    missing(problems, login.getRedirectUri(), "redirect URI");
    check(problems);
    StoredAuthMethod method = method(login.getAuthMethodName(), OIDC);
    checkRedirect(method, login.getRedirectUri());
    try {
      return Replies.document(
          request,
          ACLOIDCAuthURLResponse.newBuilder().setAuthUrl(oidc.begin(method, login)).build());
    } catch (Failure | CannotOpenException failure) {
      throw noProvider(failure);
    }
  }

  /** Where to log in at a provider. */
  @POST
  @Path("oidc/auth-url")
  public Response beginByPost(@Context RoutingContext routing) {
    return begin(routing);
  }

  /** Gives a token for a login at a provider. */
  @PUT
  @Path("oidc/complete-auth")
  public Response complete(@Context RoutingContext routing) {
    Request request = askers.open(routing, MethodRoute.ACL_OIDC_COMPLETE);
    ACLOIDCCompleteAuthRequest login =
        request.body(ACLOIDCCompleteAuthRequest.getDefaultInstance());
    Problems problems = new Problems("invalid OIDC complete-auth request");
    missing(problems, login.getAuthMethodName(), "auth method name");
    missing(problems, login.getClientNonce(), "client nonce");
    missing(problems, login.getState(), "state");
    missing(problems, login.getCode(), "code");
    missing(problems, login.getRedirectUri(), "redirect URI");
    check(problems);
    StoredAuthMethod method = method(login.getAuthMethodName(), OIDC);
    checkRedirect(method, login.getRedirectUri());
    return token(
        request, MethodRoute.ACL_OIDC_COMPLETE, method, () -> oidc.complete(method, login));
  }

  /** Gives a token for a login at a provider. */
  @POST
  @Path("oidc/complete-auth")
  public Response completeByPost(@Context RoutingContext routing) {
    return complete(routing);
  }

  private Response token(
      Request request, MethodRoute route, StoredAuthMethod method, Saying saying) {
    Claims claims;
    try {
      claims = Claims.of(method.getMethod().getConfig(), saying.claims());
    } catch (InvalidTokenException e) {
      throw new Refusal(401, "unable to validate provided token: " + e.getMessage());
    } catch (Failure | CannotOpenException failure) {
      throw noProvider(failure);
    }
    String secret = secrets.uuid();
    ACLToken token =
        writes.commit(
            request,
            route,
            ACLToken.parser(),
            new LoginToken(
                method.getMethod().getName(), claims, secrets.uuid(), SecretHash.of(secret)));
    return Replies.written(
        request, token.getModifyIndex(), token.toBuilder().setSecretId(secret).build());
  }

  private StoredAuthMethod method(String name, String type) {
    StoredAuthMethod method =
        state
            .latest()
            .view()
            .method(name)
            .orElseThrow(() -> Refusal.badRequest("auth-method \"" + name + "\" not found"));
    String given = method.getMethod().getType();
    if (!given.equals(type)) {
      throw Refusal.badRequest("unsupported auth-method type: " + given);
    }
    return method;
  }

  private static void checkRedirect(StoredAuthMethod method, String uri) {
    if (!method.getMethod().getConfig().getAllowedRedirectUrisList().contains(uri)) {
      throw Refusal.badRequest("redirect URI is not among the AllowedRedirectURIs");
    }
  }

  private static void missing(Problems problems, String value, String what) {
    if (value.isEmpty()) {
      problems.add("missing " + what);
    }
  }

  private static void check(Problems problems) {
    try {
      problems.check();
    } catch (Failure invalid) {
      throw Refusal.badRequest(invalid.getMessage());
    }
  }

  private static Refusal noProvider(RuntimeException failure) {
    return new Refusal(500, "failed to generate OIDC provider: " + failure.getMessage());
  }
}
