package io.steppe.gateway.acl.token;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.acl.Authenticator;
import io.steppe.acl.state.AclView;
import io.steppe.gateway.acl.AclReads;
import io.steppe.gateway.acl.AclRoute;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.gateway.acl.Asker;
import io.steppe.gateway.acl.Askers;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.http.Replies;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoValues;
import io.steppe.http.query.Ids;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.ACLToken;
import io.steppe.proto.v1.BootstrapRequest;
import io.steppe.query.Order;
import io.steppe.rpc.Callers;
import io.steppe.rpc.v1.StoredToken;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** {@code /v1/acl/bootstrap}, {@code /v1/acl/tokens} and {@code /v1/acl/token}. */
@Path("/v1/acl")
@RunOnVirtualThread
public class TokenResource {
  private static final String BASE = "/v1/acl/token/";
  private static final String KIND = "acl token";
  private static final AclReads.ListOf<ACLToken> BY_CREATION =
      new AclReads.ListOf<>(
          AclRoute.ACL_TOKENS,
          Tables.ACL_TOKENS,
          Order.byCreation(ACLToken::getCreateIndex, ACLToken::getAccessorId),
          TokenShape::stub);
  private static final AclReads.ListOf<ACLToken> BY_ID =
      new AclReads.ListOf<>(
          AclRoute.ACL_TOKENS,
          Tables.ACL_TOKENS,
          Order.by(ACLToken::getAccessorId),
          TokenShape::stub);

  private final Askers askers;
  private final AclReads reads;
  private final AclWrites writes;
  private final TokenWrites tokens;
  private final Authenticator authenticator;

  TokenResource(
      Askers askers,
      AclReads reads,
      AclWrites writes,
      TokenWrites tokens,
      Authenticator authenticator) {
    this.askers = askers;
    this.reads = reads;
    this.writes = writes;
    this.tokens = tokens;
    this.authenticator = authenticator;
  }

  /** Makes the first management token. */
  @PUT
  @Path("bootstrap")
  public Response bootstrap(@Context RoutingContext routing) {
    Request request = askers.open(routing, AclRoute.ACL_BOOTSTRAP);
    BootstrapRequest wanted = request.optionalBody(BootstrapRequest.getDefaultInstance());
    return written(request, tokens.bootstrap(request, wanted.getBootstrapSecret()));
  }

  /** Makes the first management token. */
  @POST
  @Path("bootstrap")
  public Response bootstrapByPost(@Context RoutingContext routing) {
    return bootstrap(routing);
  }

  /** The tokens. */
  @GET
  @Path("tokens")
  public Response list(@Context RoutingContext routing) {
    Request request = askers.of(routing, AclRoute.ACL_TOKENS).request();
    String prefix = Ids.prefix(KIND, request.query().text("prefix"));
    boolean global = GoValues.bool(request.query().text("global")).orElse(false);
    return reads.list(
        request,
        prefix.isEmpty() && !global ? BY_CREATION : BY_ID,
        String.valueOf(global),
        view -> listed(view, prefix, global));
  }

  private static List<ACLToken> listed(AclView view, String prefix, boolean global) {
    return view.tokens().byKey().values().stream()
        .map(StoredToken::getToken)
        .filter(token -> token.getAccessorId().startsWith(prefix))
        .filter(token -> token.getGlobal() || !global)
        .map(token -> TokenShape.shown(view, token))
        .toList();
  }

  /** Makes a token; the answer is the only one that has its secret. */
  @PUT
  @Path("token")
  public Response create(@Context RoutingContext routing) {
    Request request = askers.of(routing, AclRoute.ACL_TOKEN_CREATE).request();
    ACLToken wanted = request.body(ACLToken.getDefaultInstance());
    return written(request, tokens.create(request, wanted));
  }

  /** Makes a token; the answer is the only one that has its secret. */
  @POST
  @Path("token")
  public Response createByPost(@Context RoutingContext routing) {
    return create(routing);
  }

  /** The token that asks, with its secret, which it has shown. */
  @GET
  @Path("token/self")
  public Response self(@Context RoutingContext routing) {
    if (!authenticator.enforced()) {
      Request request = Request.of(routing);
      request.admission().admit(AclRoute.ACL_TOKEN_SELF, who -> true);
      return nobody(request, "acls-disabled", "ACLs disabled token", List.of());
    }
    Asker asker = askers.of(routing).admit(AclRoute.ACL_TOKEN_SELF, true);
    String accessor = asker.identity().accessorId();
    return accessor.equals(Callers.ANONYMOUS)
        ? nobody(
            asker.request(), accessor, asker.identity().name(), List.of(AclView.ANONYMOUS_POLICY))
        : one(asker, AclRoute.ACL_TOKEN_SELF, accessor);
  }

  /** A token. */
  @GET
  @Path("token/{id:.*}")
  public Response get(@Context RoutingContext routing) {
    Asker asker = askers.of(routing);
    String accessor = accessor(asker.request());
    asker.admit(AclRoute.ACL_TOKEN, asker.identity().accessorId().equals(accessor));
    return one(asker, AclRoute.ACL_TOKEN, Ids.whole(KIND, accessor));
  }

  /** Changes a token. */
  @PUT
  @Path("token/{id:.*}")
  public Response put(@Context RoutingContext routing) {
    Asker asker = askers.of(routing);
    Request request = asker.request();
    String accessor = accessor(request);
    ACLToken wanted = request.body(ACLToken.getDefaultInstance());
    if (!wanted.getAccessorId().equals(accessor)) {
      throw Refusal.badRequest("ACL token accessor does not match request path");
    }
    request.check(AclRoute.ACL_TOKEN_UPDATE);
    return written(request, tokens.put(request, wanted));
  }

  /** Changes a token. */
  @POST
  @Path("token/{id:.*}")
  public Response post(@Context RoutingContext routing) {
    return put(routing);
  }

  /** Forgets a token. */
  @DELETE
  @Path("token/{id:.*}")
  public Response delete(@Context RoutingContext routing) {
    Request request = askers.of(routing, AclRoute.ACL_TOKEN_DELETE).request();
    String accessor = accessor(request);
    try {
      String id = Ids.whole(KIND, accessor);
      return Replies.written(
          writes.commit(request, AclRoute.ACL_TOKEN_DELETE, new DeleteToken(id)));
    } catch (Refusal refusal) {
      throw refusal.status() == 500 && refusal.getMessage().startsWith(KIND)
          ? Refusal.badRequest("token lookup failed: " + refusal.getMessage())
          : refusal;
    }
  }

  /** Who asks about itself has shown the secret; nobody else is told. */
  private Response one(Asker asker, AclRoute route, String accessor) {
    boolean own = asker.identity().accessorId().equals(accessor);
    return reads.one(
        asker.request(),
        new AclReads.One(
            route,
            own ? "own/" + accessor : accessor,
            new Interest(Tables.ACL_TOKENS, accessor),
            "ACL token not found",
            view ->
                view.token(accessor)
                    .map(stored -> TokenShape.shown(view, stored.getToken()))
                    .map(
                        token ->
                            own ? token.toBuilder().setSecretId(asker.secret()).build() : token)));
  }

  private static Response nobody(
      Request request, String accessor, String name, List<String> policies) {
    return Replies.written(
        request,
        0,
        ACLToken.newBuilder()
            .setAccessorId(accessor)
            .setName(name)
            .setType(PutToken.CLIENT)
            .addAllPolicies(policies)
            .build());
  }

  private static Response written(Request request, ACLToken token) {
    return Replies.written(request, token.getModifyIndex(), token);
  }

  private static String accessor(Request request) {
    String accessor = request.pathAfter(BASE);
    if (accessor.isEmpty()) {
      throw Refusal.badRequest("Missing Token Accessor");
    }
    return accessor;
  }
}
