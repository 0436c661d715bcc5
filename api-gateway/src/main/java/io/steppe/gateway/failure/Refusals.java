package io.steppe.gateway.failure;

import static io.steppe.gateway.failure.Route.*;
import static io.steppe.rpc.Kind.*;

import io.steppe.http.failure.Refusal;
import io.steppe.http.failure.RefusalTable;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.util.List;

/** The table (route, kind) → (status, text) of what the services behind the gateway answer. */
public final class Refusals {
  private static final RefusalTable<Route> TABLE = new RefusalTable<>(Route.class);

  static {
    for (Route list :
        List.of(
            NODES,
            NODE_ALLOCATIONS,
            NODE_POOLS,
            NODE_POOL_NODES,
            NODE_POOL_JOBS,
            JOBS,
            JOB_ALLOCATIONS,
            JOB_EVALUATIONS,
            JOB_DEPLOYMENTS,
            EVALUATIONS,
            EVALUATION_ALLOCATIONS,
            ALLOCATIONS,
            NAMESPACES,
            DEPLOYMENTS)) {
      // A filter that can't be read, or not be answered.
      row(list, INVALID, 400);
    }
    row(NODE, NOT_FOUND, 404, "node not found");
    row(NODE_ELIGIBILITY, NOT_FOUND, 500, "node not found");
    row(NODE_DRAIN, NOT_FOUND, 500, "node not found");
    row(NODE_PURGE, NOT_FOUND, 500, "node not found");
    row(NODE_EVALUATE, NOT_FOUND, 500, "node not found");
    row(NODES_CHANGE, INVALID, 400);
    row(NODES_CHANGE, CONFLICT, 409);
    row(NODE_POOL_UPSERT, INVALID, 400);
    row(NODE_POOL_DELETE, NOT_FOUND, 500);
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
    row(EVENT_SINK, NOT_FOUND, 404, "event sink not found");
    row(EVENTS, INVALID, 400);
    row(EVENT_SINK, INVALID, 400);
  }

  private Refusals() {}

  /** What the client of a route is told of a failure. */
  public static Refusal of(Route route, Failure failure) {
    return TABLE.of(route, failure);
  }

  private static void row(Route route, Kind kind, int status) {
    TABLE.row(route, kind, status);
  }

  private static void row(Route route, Kind kind, int status, String text) {
    TABLE.row(route, kind, status, text);
  }
}
