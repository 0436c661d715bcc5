package io.steppe.gateway.acl;

import io.steppe.acl.CompiledAcls;
import io.steppe.acl.Identity;
import io.steppe.gateway.service.Calls;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.IdentifyReply;
import io.steppe.rpc.v1.IdentifyRequest;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Knows whose a token is that tasks are given: a JWT that the cluster signed. alloc-service says
 * which task it is of, and whether that lives; it may what the policies say that are of its job,
 * its group or itself.
 */
@ApplicationScoped
public class WorkloadIdentities {
  private final AclState state;
  private final Calls calls;
  private final CompiledAcls compiled = new CompiledAcls();

  WorkloadIdentities(AclState state, Calls calls) {
    this.state = state;
    this.calls = calls;
  }

  /**
   * Which task shows it, and what it may do. May wait.
   *
   * @throws Refusal 403 for one that the cluster did not sign, that has expired, or whose
   *     allocation is over; 500 when that can't be found out now
   */
  public Identity identify(String jwt) {
    IdentifyReply task = task(jwt);
    try {
      return compiled.identity(state.known().view().workloadRights(task));
    } catch (Failure failure) {
      throw new Refusal(500, failure.getMessage());
    }
  }

  /**
   * Which task shows it. May wait.
   *
   * @throws Refusal as {@link #identify} does
   */
  public IdentifyReply task(String jwt) {
    IdentifyRequest call =
        IdentifyRequest.newBuilder().setCaller(Callers.service("api-gateway")).setJwt(jwt).build();
    try {
      return calls.identities(stub -> stub.identify(call));
    } catch (Failure failure) {
      throw failure.kind() == Kind.DENIED
          ? Refusal.denied()
          : new Refusal(500, failure.getMessage());
    }
  }
}
