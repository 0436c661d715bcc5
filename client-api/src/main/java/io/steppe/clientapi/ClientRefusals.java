package io.steppe.clientapi;

import static io.steppe.rpc.Kind.NOT_FOUND;

import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;

/** What clients are told of what agents answer. */
final class ClientRefusals {
  /** Said by node-service when no session has the node. */
  private static final String NO_PATH_TO_NODE = "No path to node";

  /** Said of allocations that the node has not, or has forgotten. */
  private static final String UNKNOWN_ALLOCATION = "Unknown allocation";

  private ClientRefusals() {}

  /** What the client of a route is told of a failure. */
  static Refusal of(ClientRoute route, Failure failure) {
    Refusal refusal = route.refusal(failure);
    return isWhereabouts(failure) && refusal.status() != 200
        ? new Refusal(404, refusal.getMessage())
        : refusal;
  }

  /** Of the node or allocation itself, rather than of a file there: the same on every route. */
  private static boolean isWhereabouts(Failure failure) {
    return failure.kind() == NOT_FOUND
        && (failure.getMessage().equals(NO_PATH_TO_NODE)
            || failure.getMessage().startsWith(UNKNOWN_ALLOCATION));
  }
}
