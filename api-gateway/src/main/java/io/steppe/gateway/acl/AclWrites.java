package io.steppe.gateway.acl;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.steppe.acl.state.AclView;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.route.Route;
import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AclChanged;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Changes of who may do what, as clients ask for them. */
@ApplicationScoped
public class AclWrites {
  private final AclState state;

  AclWrites(AclState state) {
    this.state = state;
  }

  /**
   * Decides and commits.
   *
   * @param route that asks for it, and was let through
   * @param parser of the answer, which is stored: it must not hold a secret
   * @throws Refusal what was decided against it, as the route says it
   */
  public <R extends MessageLite> R commit(
      Request request, Route route, Parser<R> parser, Decision<AclView, R> decision) {
    try {
      return state.commit(request.unnamed().getRequestId(), parser, decision);
    } catch (Failure failure) {
      throw route.refusal(failure);
    }
  }

  /** Decides and commits what has no answer but its index. */
  public long commit(Request request, Route route, Decision<AclView, AclChanged> decision) {
    return commit(request, route, AclChanged.parser(), decision).getIndex();
  }

  /** Changes that have no answer but their index. */
  public static Outcome<AclChanged> changed(List<Change> changes, long index) {
    return new Outcome.Commit<>(changes, AclChanged.newBuilder().setIndex(index).build());
  }
}
