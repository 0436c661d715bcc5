package io.steppe.gateway.acl.policy;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.acl.Identity;
import io.steppe.acl.state.AclView;
import io.steppe.acl.state.TokenForm;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.AclReads;
import io.steppe.gateway.acl.AclRoute;
import io.steppe.gateway.acl.AclState;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.gateway.acl.Asker;
import io.steppe.gateway.acl.Askers;
import io.steppe.gateway.acl.WorkloadIdentities;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.http.Replies;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.ACLPolicy;
import io.steppe.proto.v1.ACLPolicyListStub;
import io.steppe.query.Order;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AclChanged;
import io.steppe.rpc.v1.IdentifyReply;
import io.steppe.rpc.v1.StoredPolicy;
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
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** {@code /v1/acl/policies} and {@code /v1/acl/policy/}: what tokens may do. */
@Path("/v1/acl")
@RunOnVirtualThread
public class PolicyResource {
  private static final String BASE = "/v1/acl/policy/";
  private static final AclReads.ListOf<ACLPolicy> LIST =
      new AclReads.ListOf<>(
          AclRoute.ACL_POLICIES,
          Tables.ACL_POLICIES,
          Order.by(ACLPolicy::getName),
          PolicyResource::stub);

  private static final AclReads.ListOf<ACLPolicy> OWN =
      new AclReads.ListOf<>(
          AclRoute.ACL_POLICY_SELF,
          Tables.ACL_POLICIES,
          Order.by(ACLPolicy::getName),
          PolicyResource::stub);

  private final Askers askers;
  private final AclReads reads;
  private final AclWrites writes;
  private final AclState state;
  private final WorkloadIdentities workloads;

  PolicyResource(
      Askers askers,
      AclReads reads,
      AclWrites writes,
      AclState state,
      WorkloadIdentities workloads) {
    this.askers = askers;
    this.reads = reads;
    this.writes = writes;
    this.state = state;
    this.workloads = workloads;
  }

  /** The policies: all for management, for others those that are theirs. */
  @GET
  @Path("policies")
  public Response list(@Context RoutingContext routing) {
    return list(askers.of(routing).admit(AclRoute.ACL_POLICIES, true), LIST);
  }

  /** The policies of who asks. */
  @GET
  @Path("policy/self")
  public Response self(@Context RoutingContext routing) {
    Asker asker = askers.of(routing, AclRoute.ACL_POLICY_SELF);
    return asker.isManagement()
        ? reads.list(asker.request(), OWN, "none", view -> List.of())
        : list(asker, OWN);
  }

  private Response list(Asker asker, AclReads.ListOf<ACLPolicy> list) {
    String prefix = asker.request().query().text("prefix");
    Identity who = asker.identity();
    String whose = asker.isManagement() ? "" : who.accessorId() + "/" + who.name();
    Function<AclView, Stream<StoredPolicy>> seen =
        asker.isManagement() ? view -> view.policies().values().stream() : own(asker);
    return reads.list(
        asker.request(),
        list,
        whose,
        view ->
            seen.apply(view)
                .map(StoredPolicy::getPolicy)
                .filter(policy -> policy.getName().startsWith(prefix))
                .toList());
  }

  /** The policies of who asks: of a token, of a task, or of nobody. */
  private Function<AclView, Stream<StoredPolicy>> own(Asker asker) {
    if (TokenForm.of(asker.secret()) == TokenForm.IDENTITY) {
      IdentifyReply task = workloads.task(asker.secret());
      return view -> view.policiesOf(task);
    }
    String accessor = asker.identity().accessorId();
    return view ->
        view
            .token(accessor)
            .map(stored -> view.policiesOf(stored.getToken()))
            .orElse(Set.of(AclView.ANONYMOUS_POLICY))
            .stream()
            .flatMap(name -> view.policy(name).stream());
  }

  private boolean has(Asker asker, String name) {
    return own(asker)
        .apply(state.known().view())
        .anyMatch(stored -> stored.getPolicy().getName().equals(name));
  }

  /** A policy. */
  @GET
  @Path("policy/{name:.*}")
  public Response get(@Context RoutingContext routing) {
    Asker asker = askers.of(routing);
    String name = name(asker.request());
    asker.admit(AclRoute.ACL_POLICY, asker.isManagement() || has(asker, name));
    return reads.one(
        asker.request(),
        new AclReads.One(
            AclRoute.ACL_POLICY,
            name,
            new Interest(Tables.ACL_POLICIES, name),
            "ACL policy not found",
            view -> view.policy(name).map(StoredPolicy::getPolicy)));
  }

  /** Makes a policy, or changes it. */
  @PUT
  @Path("policy/{name:.*}")
  public Response put(@Context RoutingContext routing) {
    Asker asker = askers.of(routing, AclRoute.ACL_POLICY_UPSERT);
    String name = name(asker.request());
    ACLPolicy policy = asker.request().body(ACLPolicy.getDefaultInstance());
    if (!policy.getName().equals(name)) {
      throw Refusal.badRequest("ACL policy name does not match request path");
    }
    try {
      return Replies.written(
          writes.commit(asker.request(), AclRoute.ACL_POLICY_UPSERT, PutPolicy.of(policy)));
    } catch (Failure invalid) {
      throw AclRoute.ACL_POLICY_UPSERT.refusal(invalid);
    }
  }

  /** Makes a policy, or changes it. */
  @POST
  @Path("policy/{name:.*}")
  public Response post(@Context RoutingContext routing) {
    return put(routing);
  }

  /** Forgets a policy; tokens that name it lose what it gave. */
  @DELETE
  @Path("policy/{name:.*}")
  public Response delete(@Context RoutingContext routing) {
    Asker asker = askers.of(routing, AclRoute.ACL_POLICY_DELETE);
    String name = name(asker.request());
    long index =
        writes.commit(
            asker.request(),
            AclRoute.ACL_POLICY_DELETE,
            (view, at, now) -> deletion(view.policy(name), at));
    return Replies.written(index);
  }

  private static Outcome<AclChanged> deletion(Optional<StoredPolicy> policy, long index) {
    return policy
        .map(known -> AclWrites.changed(List.of(AclChanges.delete(known)), index))
        .orElseGet(
            () -> new Outcome.Unchanged<>(AclChanged.newBuilder().setIndex(index - 1).build()));
  }

  private static String name(Request request) {
    String name = request.pathAfter(BASE);
    if (name.isEmpty()) {
      throw Refusal.badRequest("Missing Policy Name");
    }
    return name;
  }

  private static ACLPolicyListStub stub(ACLPolicy policy) {
    ACLPolicyListStub.Builder stub =
        ACLPolicyListStub.newBuilder()
            .setName(policy.getName())
            .setDescription(policy.getDescription())
            .setCreateIndex(policy.getCreateIndex())
            .setModifyIndex(policy.getModifyIndex());
    return (policy.hasJobAcl() ? stub.setJobAcl(policy.getJobAcl()) : stub).build();
  }
}
