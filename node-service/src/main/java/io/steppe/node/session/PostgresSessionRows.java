package io.steppe.node.session;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.steppe.ledger.Replicas.Member;
import io.steppe.rpc.Failure;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/**
 * The rows in table {@code node.sessions}. Claims are written in bulk: while one statement is on
 * its way the next gathers.
 */
public final class PostgresSessionRows implements SessionRows {
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final int MAX_WAITING = 20_000;
  private static final int MAX_STATEMENT = 2_000;

  private static final String CLAIM =
      """
      insert into node.sessions as s (node_id, replica, generation, epoch)
      select n, $1, $2, 1 from unnest($3::text[]) n order by n
      on conflict (node_id) do update
        set replica = excluded.replica, generation = excluded.generation, epoch = s.epoch + 1
      returning node_id, replica, generation, epoch""";

  private static final String ADOPT =
      """
      insert into node.sessions as s (node_id, replica, generation, epoch)
      select n, $1, $2, e + 1 from unnest($3::text[], $4::bigint[]) as w (n, e) order by n
      on conflict (node_id) do update
        set replica = excluded.replica, generation = excluded.generation, epoch = excluded.epoch
        where s.epoch = excluded.epoch - 1
          and (not ledger.leased_v1(s.replica, s.generation)
            or (s.replica = excluded.replica and s.generation = excluded.generation))
      returning node_id, replica, generation, epoch""";

  private static final String ALL = "select node_id, replica, generation, epoch from node.sessions";

  /** A claim that waits for its statement. */
  private record Claim(String nodeId, Member self, UniEmitter<? super Long> emitter) {}

  private final Pool pool;
  private final Deque<Claim> waiting = new ArrayDeque<>();
  private boolean underWay;

  public PostgresSessionRows(Pool pool) {
    this.pool = pool;
  }

  @Override
  public Uni<Long> claim(String nodeId, Member self) {
    return Uni.createFrom().emitter(emitter -> enqueue(new Claim(nodeId, self, emitter)));
  }

  private void enqueue(Claim claim) {
    synchronized (this) {
      if (waiting.size() >= MAX_WAITING) {
        claim.emitter().fail(Failure.unavailable("too many sessions wait for their row"));
        return;
      }
      waiting.add(claim);
      if (underWay) {
        return;
      }
      underWay = true;
    }
    next();
  }

  private void next() {
    Map<String, Claim> batch = new TreeMap<>();
    synchronized (this) {
      gather(batch);
      underWay = !batch.isEmpty();
    }
    if (batch.isEmpty()) {
      return;
    }
    Member self = batch.values().iterator().next().self();
    String[] ids = batch.keySet().toArray(String[]::new);
    query(CLAIM, Tuple.of(self.id(), self.generation(), ids))
        .subscribe()
        .with(
            rows -> {
              rows.forEach(row -> batch.get(row.nodeId()).emitter().complete(row.epoch()));
              next();
            },
            error -> {
              batch.values().forEach(claim -> claim.emitter().fail(error));
              next();
            });
  }

  /** Claims of one lease, one of each node: a statement can't write a row twice. */
  private void gather(Map<String, Claim> batch) {
    for (Iterator<Claim> claims = waiting.iterator();
        claims.hasNext() && batch.size() < MAX_STATEMENT; ) {
      Claim claim = claims.next();
      boolean sameLease =
          batch.isEmpty()
              || batch.values().iterator().next().self().generation() == claim.self().generation();
      if (sameLease && batch.putIfAbsent(claim.nodeId(), claim) == null) {
        claims.remove();
      }
    }
  }

  @Override
  public Uni<List<SessionRow>> adopt(Member self, Map<String, Long> expected) {
    List<Uni<List<SessionRow>>> statements = new ArrayList<>();
    List<Map.Entry<String, Long>> all = List.copyOf(new TreeMap<>(expected).entrySet());
    for (int from = 0; from < all.size(); from += MAX_STATEMENT) {
      List<Map.Entry<String, Long>> some =
          all.subList(from, Math.min(all.size(), from + MAX_STATEMENT));
      String[] ids = some.stream().map(Map.Entry::getKey).toArray(String[]::new);
      Long[] epochs = some.stream().map(Map.Entry::getValue).toArray(Long[]::new);
      statements.add(query(ADOPT, Tuple.of(self.id(), self.generation(), ids, epochs)));
    }
    return Uni.join()
        .all(statements)
        .usingConcurrencyOf(1)
        .andFailFast()
        .map(PostgresSessionRows::flat);
  }

  @Override
  public Uni<Optional<SessionRow>> of(String nodeId) {
    return query(ALL + " where node_id = $1", Tuple.of(nodeId))
        .map(rows -> rows.stream().findFirst());
  }

  @Override
  public Uni<List<SessionRow>> all() {
    return query(ALL, Tuple.tuple());
  }

  private Uni<List<SessionRow>> query(String sql, Tuple arguments) {
    return pool.preparedQuery(sql)
        .execute(arguments)
        .map(PostgresSessionRows::rows)
        .ifNoItem()
        .after(DEADLINE)
        .failWith(() -> Failure.unavailable("PostgreSQL does not answer"))
        .onFailure(error -> !(error instanceof Failure))
        .transform(error -> Failure.unavailable("PostgreSQL: " + error.getMessage()));
  }

  private static List<SessionRow> rows(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(
            row ->
                new SessionRow(row.getString(0), row.getString(1), row.getLong(2), row.getLong(3)))
        .toList();
  }

  private static List<SessionRow> flat(List<List<SessionRow>> parts) {
    return parts.stream().flatMap(List::stream).toList();
  }
}
