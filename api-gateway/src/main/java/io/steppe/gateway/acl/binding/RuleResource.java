package io.steppe.gateway.acl.binding;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.AclReads;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.gateway.acl.Askers;
import io.steppe.gateway.acl.MethodRoute;
import io.steppe.gateway.acl.token.Secrets;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.http.Replies;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.route.Route;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.ACLBindingRule;
import io.steppe.proto.v1.ACLBindingRuleListStub;
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

/** {@code /v1/acl/binding-rules} and {@code /v1/acl/binding-rule}: what logins give. */
@Path("/v1/acl")
@RunOnVirtualThread
public class RuleResource {
  private static final String BASE = "/v1/acl/binding-rule/";
  private static final String ABSENT = "ACL binding rule not found";
  private static final AclReads.ListOf<ACLBindingRule> LIST =
      new AclReads.ListOf<>(
          MethodRoute.ACL_BINDING_RULES,
          Tables.ACL_BINDING_RULES,
          Order.by(ACLBindingRule::getId),
          RuleResource::stub);

  private final Askers askers;
  private final AclReads reads;
  private final AclWrites writes;
  private final Secrets secrets;

  RuleResource(Askers askers, AclReads reads, AclWrites writes, Secrets secrets) {
    this.askers = askers;
    this.reads = reads;
    this.writes = writes;
    this.secrets = secrets;
  }

  /** The rules. */
  @GET
  @Path("binding-rules")
  public Response list(@Context RoutingContext routing) {
    Request request = askers.of(routing, MethodRoute.ACL_BINDING_RULES).request();
    String prefix = request.query().text("prefix");
    return reads.list(
        request,
        LIST,
        "",
        view ->
            view.rules().values().stream()
                .filter(rule -> rule.getId().startsWith(prefix))
                .toList());
  }

  /** Makes a rule. */
  @PUT
  @Path("binding-rule")
  public Response create(@Context RoutingContext routing) {
    Request request = askers.of(routing, MethodRoute.ACL_BINDING_RULE_CREATE).request();
    return put(
        request,
        MethodRoute.ACL_BINDING_RULE_CREATE,
        request.body(ACLBindingRule.getDefaultInstance()));
  }

  /** Makes a rule. */
  @POST
  @Path("binding-rule")
  public Response createByPost(@Context RoutingContext routing) {
    return create(routing);
  }

  /** A rule. */
  @GET
  @Path("binding-rule/{id:.*}")
  public Response get(@Context RoutingContext routing) {
    Request request = askers.of(routing, MethodRoute.ACL_BINDING_RULE).request();
    String id = id(request);
    return reads.one(
        request,
        new AclReads.One(
            MethodRoute.ACL_BINDING_RULE,
            id,
            new Interest(Tables.ACL_BINDING_RULES, id),
            ABSENT,
            view -> view.rule(id)));
  }

  /** Changes a rule. */
  @PUT
  @Path("binding-rule/{id:.*}")
  public Response change(@Context RoutingContext routing) {
    Request request = askers.of(routing, MethodRoute.ACL_BINDING_RULE_UPDATE).request();
    String id = id(request);
    ACLBindingRule wanted = request.body(ACLBindingRule.getDefaultInstance());
    if (!wanted.getId().isEmpty() && !wanted.getId().equals(id)) {
      throw Refusal.badRequest("ACL binding rule ID does not match request path");
    }
    return put(request, MethodRoute.ACL_BINDING_RULE_UPDATE, wanted.toBuilder().setId(id).build());
  }

  /** Changes a rule. */
  @POST
  @Path("binding-rule/{id:.*}")
  public Response changeByPost(@Context RoutingContext routing) {
    return change(routing);
  }

  private Response put(Request request, Route route, ACLBindingRule wanted) {
    ACLBindingRule rule =
        writes.commit(request, route, ACLBindingRule.parser(), new PutRule(wanted, secrets.uuid()));
    return Replies.written(request, rule.getModifyIndex(), rule);
  }

  /** Forgets a rule; tokens it gave stay until they expire. */
  @DELETE
  @Path("binding-rule/{id:.*}")
  public Response delete(@Context RoutingContext routing) {
    Request request = askers.of(routing, MethodRoute.ACL_BINDING_RULE_DELETE).request();
    String id = id(request);
    return Replies.written(
        writes.commit(
            request,
            MethodRoute.ACL_BINDING_RULE_DELETE,
            (view, index, now) ->
                AclWrites.changed(
                    List.of(
                        AclChanges.delete(
                            view.rule(id).orElseThrow(() -> Failure.notFound(ABSENT)))),
                    index)));
  }

  private static String id(Request request) {
    String id = request.pathAfter(BASE);
    if (id.isEmpty()) {
      throw Refusal.badRequest("missing ACL binding rule ID");
    }
    return id;
  }

  private static ACLBindingRuleListStub stub(ACLBindingRule rule) {
    return ACLBindingRuleListStub.newBuilder()
        .setId(rule.getId())
        .setDescription(rule.getDescription())
        .setAuthMethod(rule.getAuthMethod())
        .setCreateIndex(rule.getCreateIndex())
        .setModifyIndex(rule.getModifyIndex())
        .build();
  }
}
