package io.steppe.ledger;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * Loads a view in one REPEATABLE READ transaction over every schema that owns a table it wants,
 * page by page.
 */
final class ViewLoader<V extends View<V>> {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int PAGE_ROWS = 1_000;

  private static final String OWNERS =
      """
      select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = any ($1) and c.relkind = 'r' and has_schema_privilege(n.oid, 'usage')
        and exists (select from pg_proc p where p.pronamespace = n.oid and p.proname = 'snapshot_v1')
      group by n.nspname order by n.nspname""";

  /** A view with the batch of the index it is at. */
  record Loaded<V extends View<V>>(Snapshot<V> snapshot, Optional<UUID> batch) {}

  private final Vertx vertx;
  private final LedgerSettings settings;
  private final Executor thread;
  private final V empty;
  private V view;

  ViewLoader(Vertx vertx, LedgerSettings settings, Executor thread, V empty) {
    this.vertx = vertx;
    this.settings = settings;
    this.thread = thread;
    this.empty = empty;
    this.view = empty;
  }

  /** One load, on a connection of its own. */
  Uni<Loaded<V>> load() {
    Line line = new Line(vertx, settings, thread, "load", LIMIT);
    view = empty;
    Instant started = settings.clock().instant();
    return line.run("begin isolation level repeatable read read only")
        .onItem()
        .transformToUni(ignored -> LogRows.head(line))
        .onItem()
        .transformToUni(
            head ->
                owners(line)
                    .onItem()
                    .transformToUni(schemas -> all(line, schemas, 0))
                    .onItem()
                    .transform(
                        ignored ->
                            new Loaded<>(
                                new Snapshot<>(
                                    head.epoch(), head.index(), view, head.tableIndexes(), started),
                                head.batch())))
        .onItem()
        .call(() -> line.run("commit"))
        .onTermination()
        .invoke(line::close);
  }

  private Uni<List<String>> owners(Line line) {
    if (!settings.objectsLoaded()) {
      return Uni.createFrom().item(List.of());
    }
    return line.call(OWNERS, Tuple.of(settings.tables().toArray(String[]::new)))
        .onItem()
        .transform(
            rows -> {
              List<String> schemas = new ArrayList<>();
              rows.forEach(row -> schemas.add(row.getString("schema")));
              return schemas;
            });
  }

  private Uni<Void> all(Line line, List<String> schemas, int next) {
    if (next == schemas.size()) {
      return Uni.createFrom().voidItem();
    }
    // The name comes from pg_namespace; quoted, it can be nothing but a name.
    String open =
        "select \""
            + schemas.get(next).replace("\"", "\"\"")
            + "\".snapshot_v1($1)::text as cursor";
    return line.call(open, Tuple.of(settings.tables().toArray(String[]::new)))
        .onItem()
        .transformToUni(rows -> pages(line, rows.iterator().next().getString("cursor")))
        .onItem()
        .transformToUni(ignored -> all(line, schemas, next + 1));
  }

  /** Reads a cursor to its end, asking for the next page before it applies one. */
  private Uni<Void> pages(Line line, String cursor) {
    String fetch = "fetch " + PAGE_ROWS + " from \"" + cursor.replace("\"", "\"\"") + "\"";
    return Uni.createFrom().emitter(emitter -> page(line, fetch, emitter));
  }

  private void page(Line line, String fetch, UniEmitter<? super Void> emitter) {
    line.call(fetch, Tuple.tuple())
        .subscribe()
        .with(
            rows -> {
              if (rows.size() == PAGE_ROWS) {
                page(line, fetch, emitter);
              }
              apply(rows);
              if (rows.size() < PAGE_ROWS) {
                emitter.complete(null);
              }
            },
            emitter::fail);
  }

  private void apply(RowSet<Row> rows) {
    for (Row row : rows) {
      Change put =
          Change.put(
              row.getString("table_name"),
              row.getString("key"),
              LogRows.bytes(row.getBuffer("object")).orElseThrow());
      view = view.apply(new LoggedChange(row.getLong("modify_index"), 0, put));
    }
  }
}
