package io.steppe.gateway.acl.role;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.acl.state.AclView;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.AclReads;
import io.steppe.gateway.acl.AclRoute;
import io.steppe.gateway.acl.AclState;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.gateway.acl.Asker;
import io.steppe.gateway.acl.Askers;
import io.steppe.gateway.acl.token.Secrets;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.http.Replies;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.ACLRole;
import io.steppe.proto.v1.ACLTokenRoleLink;
import io.steppe.query.Order;
import io.steppe.rpc.Failure;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code /v1/acl/roles} and {@code /v1/acl/role}: policies under one name. */
@Path("/v1/acl")
@RunOnVirtualThread
public class RoleResource {
  private static final String BASE = "/v1/acl/role/";
  private static final String BY_NAME = "/v1/acl/role/name/";
  private static final String ABSENT = "ACL role not found";
  private static final AclReads.ListOf<ACLRole> LIST =
      new AclReads.ListOf<>(
          AclRoute.ACL_ROLES, Tables.ACL_ROLES, Order.by(ACLRole::getId), Function.identity());

  private final Askers askers;
  private final AclReads reads;
  private final AclWrites writes;
  private final AclState state;
  private final Secrets secrets;

  RoleResource(Askers askers, AclReads reads, AclWrites writes, AclState state, Secrets secrets) {
    this.askers = askers;
    this.reads = reads;
    this.writes = writes;
    this.state = state;
    this.secrets = secrets;
  }

  /** The roles: all for management, for others those that their token has. */
  @GET
  @Path("roles")
  public Response list(@Context RoutingContext routing) {
    Asker asker = askers.of(routing).admit(AclRoute.ACL_ROLES, true);
    String prefix = asker.request().query().text("prefix");
    String seenBy = asker.isManagement() ? "" : asker.identity().accessorId();
    return reads.list(asker.request(), LIST, seenBy, view -> visible(view, asker, prefix));
  }

  private static List<ACLRole> visible(AclView view, Asker asker, String prefix) {
    Set<String> own = rolesOf(view, asker);
    return view.roles().byKey().values().stream()
        .filter(role -> role.getId().startsWith(prefix))
        .filter(role -> asker.isManagement() || own.contains(role.getId()))
        .toList();
  }

  private static Set<String> rolesOf(AclView view, Asker asker) {
    return view.token(asker.identity().accessorId()).stream()
        .flatMap(stored -> stored.getToken().getRolesList().stream())
        .map(ACLTokenRoleLink::getId)
        .collect(Collectors.toSet());
  }

  /** Makes a role. */
  @PUT
  @Path("role")
  public Response create(@Context RoutingContext routing) {
    Request request = askers.of(routing, AclRoute.ACL_ROLE_CREATE).request();
    return put(request, request.body(ACLRole.getDefaultInstance()));
  }

  /** Makes a role. */
  @POST
  @Path("role")
  public Response createByPost(@Context RoutingContext routing) {
    return create(routing);
  }

  /** A role, by its name. */
  @GET
  @Path("role/name/{name:.*}")
  public Response getNamed(@Context RoutingContext routing) {
    Asker asker = askers.of(routing);
    String name = asker.request().pathAfter(BY_NAME);
    if (name.isEmpty()) {
      throw Refusal.badRequest("missing ACL role name");
    }
    // Waits for any role: which one has the name may change.
    return one(
        asker,
        state.known().view().roleNamed(name).map(ACLRole::getId).orElse(""),
        new AclReads.One(
            AclRoute.ACL_ROLE_NAMED,
            "name/" + name,
            new Interest(Tables.ACL_ROLES, ""),
            ABSENT,
            view -> view.roleNamed(name)));
  }

  /** A role. */
  @GET
  @Path("role/{id:.*}")
  public Response get(@Context RoutingContext routing) {
    Asker asker = askers.of(routing);
    String id = id(asker.request());
    return one(
        asker,
        id,
        new AclReads.One(
            AclRoute.ACL_ROLE,
            id,
            new Interest(Tables.ACL_ROLES, id),
            ABSENT,
            view -> view.role(id)));
  }

  private Response one(Asker asker, String id, AclReads.One read) {
    asker.admit(
        read.route(), asker.isManagement() || rolesOf(state.known().view(), asker).contains(id));
    return reads.one(asker.request(), read);
  }

  /** Changes a role. */
  @PUT
  @Path("role/{id:.*}")
  public Response change(@Context RoutingContext routing) {
    Asker asker = askers.of(routing);
    Request request = asker.request();
    String id = id(request);
    ACLRole wanted = request.body(ACLRole.getDefaultInstance());
    if (!wanted.getId().equals(id)) {
      throw Refusal.badRequest("ACL role ID does not match request path");
    }
    request.check(AclRoute.ACL_ROLE_UPDATE);
    return put(request, wanted);
  }

  /** Changes a role. */
  @POST
  @Path("role/{id:.*}")
  public Response changeByPost(@Context RoutingContext routing) {
    return change(routing);
  }

  private Response put(Request request, ACLRole wanted) {
    ACLRole role =
        writes.commit(
            request,
            AclRoute.ACL_ROLE_UPDATE,
            ACLRole.parser(),
            new PutRole(wanted, secrets.uuid()));
    return Replies.written(request, role.getModifyIndex(), role);
  }

  /** Forgets a role; tokens that have it lose what it gave. */
  @DELETE
  @Path("role/{id:.*}")
  public Response delete(@Context RoutingContext routing) {
    Request request = askers.of(routing, AclRoute.ACL_ROLE_DELETE).request();
    String id = id(request);
    return Replies.written(
        writes.commit(
            request,
            AclRoute.ACL_ROLE_DELETE,
            (view, index, now) ->
                AclWrites.changed(
                    List.of(
                        AclChanges.delete(
                            view.role(id).orElseThrow(() -> Failure.notFound(ABSENT)))),
                    index)));
  }

  private static String id(Request request) {
    String id = request.pathAfter(BASE);
    if (id.isEmpty()) {
      throw Refusal.badRequest("missing ACL role ID");
    }
    return id;
  }
}
