package io.steppe.clientapi;

import static io.steppe.clientapi.ClientRoute.ALLOCATION_EXEC;
import static io.steppe.clientapi.ClientRoute.FS_CAT;
import static io.steppe.clientapi.ClientRoute.FS_LOGS;
import static io.steppe.clientapi.ClientRoute.FS_READ_AT;
import static io.steppe.clientapi.ClientRoute.FS_STREAM;
import static io.steppe.clientapi.ClientRoute.METADATA;
import static io.steppe.rpc.Kind.INVALID;
import static io.steppe.rpc.Kind.NOT_FOUND;

import io.steppe.http.failure.Refusal;
import io.steppe.http.failure.RefusalTable;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;

/** The table (route, kind) → (status, text) of what agents answer. */
final class ClientRefusals {
  /** Said by node-service when no session has the node. */
  private static final String NO_PATH_TO_NODE = "No path to node";

  /** Said of allocations that the node has not, or has forgotten. */
  private static final String UNKNOWN_ALLOCATION = "Unknown allocation";

  private static final RefusalTable<ClientRoute> TABLE = new RefusalTable<>(ClientRoute.class);

  static {
    TABLE.row(METADATA, INVALID, 400);
    TABLE.row(ALLOCATION_EXEC, INVALID, 400);
    TABLE.row(FS_STREAM, NOT_FOUND, 400);
    TABLE.row(FS_STREAM, INVALID, 400);
    TABLE.row(FS_LOGS, INVALID, 400);
    for (Kind kind : Kind.values()) {
      TABLE.row(FS_CAT, kind, 200);
      TABLE.row(FS_READ_AT, kind, 200);
    }
  }

  private ClientRefusals() {}

  /** What the client of a route is told of a failure. */
  static Refusal of(ClientRoute route, Failure failure) {
    Refusal refusal = TABLE.of(route, failure);
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
