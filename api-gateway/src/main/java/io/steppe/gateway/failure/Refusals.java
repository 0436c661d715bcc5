package io.steppe.gateway.failure;

import static io.steppe.gateway.failure.Route.*;
import static io.steppe.rpc.Kind.*;

import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a service's failure looks like to a client: the one table (route, kind) → (status, text).
 * Where a route has no row, the kind's default holds; where a row has no text, the service's is
 * told.
 */
public final class Refusals {
  /** Said by node-service when no session has the node. */
  public static final String NO_PATH_TO_NODE = "No path to node";

  /** Said by agents of an allocation that they have forgotten. */
  private static final String UNKNOWN_ALLOCATION = "Unknown allocation";

  private static final String OWN_TEXT = null;

  private static final Map<Kind, Row> DEFAULTS = new EnumMap<>(Kind.class);
  private static final Map<Route, Map<Kind, Row>> ROWS = new EnumMap<>(Route.class);

  static {
    DEFAULTS.put(NOT_FOUND, new Row(404, OWN_TEXT));
    DEFAULTS.put(INVALID, new Row(500, OWN_TEXT));
    DEFAULTS.put(DENIED, new Row(403, "Permission denied"));
    DEFAULTS.put(CONFLICT, new Row(500, OWN_TEXT));
    DEFAULTS.put(UNAVAILABLE, new Row(500, OWN_TEXT));
    DEFAULTS.put(INTERNAL, new Row(500, OWN_TEXT));

    row(NODE, NOT_FOUND, 404, "node not found");
    row(NODE_ELIGIBILITY, NOT_FOUND, 500, "node not found");
    row(JOB, NOT_FOUND, 404, "job not found");
    row(JOB_SUMMARY, NOT_FOUND, 404, "job not found");
    row(JOB_VERSIONS, NOT_FOUND, 404, "job versions not found");
    row(JOB_DEREGISTER, NOT_FOUND, 404, "job not found");
    row(JOB_EVALUATE, NOT_FOUND, 500, "job not found");
    row(EVALUATION, NOT_FOUND, 404, "eval not found");
    row(ALLOCATION, NOT_FOUND, 404, "alloc not found");
    row(ALLOCATION_STOP, NOT_FOUND, 404, "allocation not found");
    row(NAMESPACE, NOT_FOUND, 404, "namespace not found");
    row(DEPLOYMENT, NOT_FOUND, 404, "deployment not found");
    row(FS_STREAM, NOT_FOUND, 400, OWN_TEXT);
    row(FS_STREAM, INVALID, 400, OWN_TEXT);
    row(FS_LOGS, INVALID, 400, OWN_TEXT);
    for (Kind kind : Kind.values()) {
      row(FS_CAT, kind, 200, OWN_TEXT);
      row(FS_READ_AT, kind, 200, OWN_TEXT);
    }
  }

  private Refusals() {}

  /** What the client of a route is told of a failure. */
  public static Refusal of(Route route, Failure failure) {
    Row row =
        ROWS.getOrDefault(route, Map.of())
            .getOrDefault(failure.kind(), DEFAULTS.get(failure.kind()));
    int status = isWhereabouts(failure) && row.status != 200 ? 404 : row.status;
    return new Refusal(status, row.text == null ? failure.getMessage() : row.text);
  }

  /** Of the node or allocation itself, rather than of a file there: the same on every route. */
  private static boolean isWhereabouts(Failure failure) {
    return failure.kind() == NOT_FOUND
        && (failure.getMessage().equals(NO_PATH_TO_NODE)
            || failure.getMessage().startsWith(UNKNOWN_ALLOCATION));
  }

  private static void row(Route route, Kind kind, int status, String text) {
    ROWS.computeIfAbsent(route, r -> new EnumMap<>(Kind.class)).put(kind, new Row(status, text));
  }

  private record Row(int status, String text) {}
}
