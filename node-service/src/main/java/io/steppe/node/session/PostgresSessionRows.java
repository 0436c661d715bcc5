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
 * The rows in table {@code node.sessions}. Waitings are written in bulk: while one statement is on
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
        set replica = excluded.replica, generation = excluded.generation, epoch = s.epoch + 1,
          previous = s.replica
      returning node_id, epoch, previous""";

  private static final String ADOPT =
      """
      insert into node.sessions as s (node_id, replica, generation, epoch)
      select n, $1, $2, e + 1 from unnest($3::text[], $4::bigint[]) as w (n, e) order by n
      on conflict (node_id) do update
        set replica = excluded.replica, generation = excluded.generation, epoch = excluded.epoch,
          previous = s.replica
        where s.epoch = excluded.epoch - 1
          and (not ledger.leased_v1(s.replica, s.generation)
            or (s.replica = excluded.replica and s.generation = excluded.generation))
      returning node_id, replica, generation, epoch""";

  private static final String ALL = "select node_id, replica, generation, epoch from node.sessions";

  /** A claim that waits for its statement. */
  private record Waiting(String nodeId, Member self, UniEmitter<? super Claim> emitter) {}

  private final Pool pool;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean underWay;

  public PostgresSessionRows(Pool pool) {
    this.pool = pool;
  }

  @Override
  public Uni<Claim> claim(String nodeId, Member self) {
    return Uni.createFrom().emitter(emitter -> enqueue(new Waiting(nodeId, self, emitter)));
  }

  private void enqueue(Waiting claim) {
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
    Map<String, Waiting> batch = new TreeMap<>();
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
              rows.forEach(row -> batch.get(row.getString(0)).emitter().complete(claim(row)));
              next();
            },
            error -> {
              batch.values().forEach(claim -> claim.emitter().fail(error));
              next();
            });
  }

  /** Claims of one lease, one of each node: a statement can't write a row twice. */
  private void gather(Map<String, Waiting> batch) {
    for (Iterator<Waiting> claims = waiting.iterator();
        claims.hasNext() && batch.size() < MAX_STATEMENT; ) {
      Waiting claim = claims.next();
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
      statements.add(sessions(ADOPT, Tuple.of(self.id(), self.generation(), ids, epochs)));
    }
    return Uni.join()
        .all(statements)
        .usingConcurrencyOf(1)
        .andFailFast()
        .map(PostgresSessionRows::flat);
  }

  @Override
  public Uni<Optional<SessionRow>> of(String nodeId) {
    return sessions(ALL + " where node_id = $1", Tuple.of(nodeId))
        .map(rows -> rows.stream().findFirst());
  }

  @Override
  public Uni<List<SessionRow>> all() {
    return sessions(ALL, Tuple.tuple());
  }

  private Uni<List<SessionRow>> sessions(String sql, Tuple arguments) {
    return query(sql, arguments)
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(PostgresSessionRows::session)
                    .toList());
  }

  private Uni<RowSet<Row>> query(String sql, Tuple arguments) {
    return pool.preparedQuery(sql)
        .execute(arguments)
        .ifNoItem()
        .after(DEADLINE)
        .failWith(() -> Failure.unavailable("PostgreSQL does not answer"))
        .onFailure(error -> !(error instanceof Failure))
        .transform(error -> Failure.unavailable("PostgreSQL: " + error.getMessage()));
  }

  private static Claim claim(Row row) {
    return new Claim(row.getLong(1), Optional.ofNullable(row.getString(2)));
  }

  private static SessionRow session(Row row) {
    return new SessionRow(row.getString(0), row.getString(1), row.getLong(2), row.getLong(3));
  }

  private static List<SessionRow> flat(List<List<SessionRow>> parts) {
    return parts.stream().flatMap(List::stream).toList();
  }
}
