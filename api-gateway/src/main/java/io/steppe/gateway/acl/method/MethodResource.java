package io.steppe.gateway.acl.method;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.AclReads;
import io.steppe.gateway.acl.AclSettings;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.gateway.acl.Askers;
import io.steppe.gateway.acl.MethodRoute;
import io.steppe.gateway.acl.token.Lifetime;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.http.Replies;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.route.Route;
import io.steppe.ledger.Tables;
import io.steppe.ledger.seal.Sealed;
import io.steppe.proto.v1.ACLAuthMethod;
import io.steppe.proto.v1.ACLAuthMethodListStub;
import io.steppe.query.Order;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StoredAuthMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;

/** {@code /v1/acl/auth-methods} and {@code /v1/acl/auth-method}: ways to log in. */
@Path("/v1/acl")
@RunOnVirtualThread
public class MethodResource {
  private static final String BASE = "/v1/acl/auth-method/";
  private static final AclReads.ListOf<ACLAuthMethod> LIST =
      new AclReads.ListOf<>(
          MethodRoute.ACL_AUTH_METHODS,
          Tables.ACL_AUTH_METHODS,
          Order.by(ACLAuthMethod::getName),
          MethodResource::stub);

  private final Askers askers;
  private final AclReads reads;
  private final AclWrites writes;
  private final AclSettings settings;
  private final Seal seal;

  MethodResource(Askers askers, AclReads reads, AclWrites writes, AclSettings settings, Seal seal) {
    this.askers = askers;
    this.reads = reads;
    this.writes = writes;
    this.settings = settings;
    this.seal = seal;
  }

  /** The ways to log in, for everybody. */
  @GET
  @Path("auth-methods")
  public Response list(@Context RoutingContext routing) {
    Request request = askers.open(routing, MethodRoute.ACL_AUTH_METHODS);
    String prefix = request.query().text("prefix");
    return reads.list(
        request,
        LIST,
        "",
        view ->
            view.methods().values().stream()
                .map(StoredAuthMethod::getMethod)
                .filter(method -> method.getName().startsWith(prefix))
                .toList());
  }

  /** Makes a way to log in, or changes it. */
  @PUT
  @Path("auth-method")
  public Response create(@Context RoutingContext routing) {
    Request request = askers.of(routing, MethodRoute.ACL_AUTH_METHOD_CREATE).request();
    return put(
        request,
        MethodRoute.ACL_AUTH_METHOD_CREATE,
        request.body(ACLAuthMethod.getDefaultInstance()));
  }

  /** Makes a way to log in, or changes it. */
  @POST
  @Path("auth-method")
  public Response createByPost(@Context RoutingContext routing) {
    return create(routing);
  }

  /** A way to log in, without its secret. */
  @GET
  @Path("auth-method/{name:.*}")
  public Response get(@Context RoutingContext routing) {
    Request request = askers.of(routing, MethodRoute.ACL_AUTH_METHOD).request();
    String name = name(request);
    return reads.one(
        request,
        new AclReads.One(
            MethodRoute.ACL_AUTH_METHOD,
            name,
            new Interest(Tables.ACL_AUTH_METHODS, name),
            "ACL auth-method not found",
            view -> view.method(name).map(StoredAuthMethod::getMethod)));
  }

  /** Makes a way to log in, or changes it. */
  @PUT
  @Path("auth-method/{name:.*}")
  public Response change(@Context RoutingContext routing) {
    Request request = askers.of(routing, MethodRoute.ACL_AUTH_METHOD_UPDATE).request();
    ACLAuthMethod wanted = request.body(ACLAuthMethod.getDefaultInstance());
    if (!wanted.getName().equals(name(request))) {
      throw Refusal.badRequest("ACL auth-method name does not match request path");
    }
    return put(request, MethodRoute.ACL_AUTH_METHOD_UPDATE, wanted);
  }

  /** Makes a way to log in, or changes it. */
  @POST
  @Path("auth-method/{name:.*}")
  public Response changeByPost(@Context RoutingContext routing) {
    return change(routing);
  }

  private Response put(Request request, Route route, ACLAuthMethod wanted) {
    String secret = wanted.getConfig().getOidcClientSecret();
    boolean kept = !wanted.hasConfig() || secret.equals(PutMethod.REDACTED);
    Optional<Sealed> given = kept ? Optional.empty() : seal.seal(wanted.getName(), secret);
    ACLAuthMethod.Builder shown = wanted.toBuilder();
    if (!secret.isEmpty()) {
      shown.getConfigBuilder().setOidcClientSecret(PutMethod.REDACTED);
    }
    ACLAuthMethod method =
        writes.commit(
            request,
            route,
            ACLAuthMethod.parser(),
            new PutMethod(
                shown.build(), given, seal.seal(wanted.getName(), ""), Lifetime.of(settings)));
    return Replies.written(request, method.getModifyIndex(), method);
  }

  /** Forgets a way to log in; tokens it gave stay until they expire. */
  @DELETE
  @Path("auth-method/{name:.*}")
  public Response delete(@Context RoutingContext routing) {
    Request request = askers.of(routing, MethodRoute.ACL_AUTH_METHOD_DELETE).request();
    String name = name(request);
    return Replies.written(
        writes.commit(
            request,
            MethodRoute.ACL_AUTH_METHOD_DELETE,
            (view, index, now) ->
                AclWrites.changed(
                    List.of(
                        AclChanges.delete(
                            view.method(name)
                                .orElseThrow(() -> Failure.notFound("ACL auth method not found")))),
                    index)));
  }

  private static String name(Request request) {
    String name = request.pathAfter(BASE);
    if (name.isEmpty()) {
      throw Refusal.badRequest("missing ACL auth-method name");
    }
    return name;
  }

  private static ACLAuthMethodListStub stub(ACLAuthMethod method) {
    return ACLAuthMethodListStub.newBuilder()
        .setName(method.getName())
        .setType(method.getType())
        .setDefault(method.getDefault())
        .setCreateIndex(method.getCreateIndex())
        .setModifyIndex(method.getModifyIndex())
        .build();
  }
}
