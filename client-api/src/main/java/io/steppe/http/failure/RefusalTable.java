package io.steppe.http.failure;

import static io.steppe.rpc.Kind.CONFLICT;
import static io.steppe.rpc.Kind.DENIED;
import static io.steppe.rpc.Kind.INTERNAL;
import static io.steppe.rpc.Kind.INVALID;
import static io.steppe.rpc.Kind.NOT_FOUND;
import static io.steppe.rpc.Kind.UNAVAILABLE;

import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a service's failure looks like to a client: (route, kind) → (status, text). Where a route
 * has no row, the kind's default holds; where a row has no text, the service's is told.
 *
 * @param <R> the routes
 */
public final class RefusalTable<R extends Enum<R>> {
  private static final Map<Kind, Row> DEFAULTS =
      Map.of(
          NOT_FOUND, new Row(404, null),
          INVALID, new Row(500, null),
          DENIED, new Row(403, "Permission denied"),
          CONFLICT, new Row(500, null),
          UNAVAILABLE, new Row(500, null),
          INTERNAL, new Row(500, null));

  private final Map<R, Map<Kind, Row>> rows;

  /** A table without rows yet. */
  public RefusalTable(Class<R> routes) {
    rows = new EnumMap<>(routes);
  }

  /** Adds a row with a text of its own. */
  public void row(R route, Kind kind, int status, String text) {
    put(route, kind, new Row(status, text));
  }

  /** Adds a row that tells the service's text. */
  public void row(R route, Kind kind, int status) {
    put(route, kind, new Row(status, null));
  }

  /** What the client of a route is told of a failure. */
  public Refusal of(R route, Failure failure) {
    Row row =
        rows.getOrDefault(route, Map.of())
            .getOrDefault(failure.kind(), DEFAULTS.get(failure.kind()));
    return new Refusal(row.status, row.text == null ? failure.getMessage() : row.text);
  }

  private void put(R route, Kind kind, Row row) {
    rows.computeIfAbsent(route, r -> new EnumMap<>(Kind.class)).put(kind, row);
  }

  private record Row(int status, String text) {}
}
