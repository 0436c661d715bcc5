package io.steppe.ledger;

import io.smallrye.mutiny.Uni;
import io.steppe.rpc.Failure;
import io.vertx.core.Vertx;
import io.vertx.pgclient.data.Interval;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Leases in {@code ledger.replicas}: renewed every {@link #RENEWAL}, held for {@link #LEASE}. The
 * lease's time is PostgreSQL's; whether one's own may have ended is told by the local monotonic
 * clock, counted from before the renewal was sent, so that a process that was stopped knows as soon
 * as it runs again.
 */
public final class PostgresReplicas implements Replicas {
  /** Between renewals. */
  public static final Duration RENEWAL = Duration.ofSeconds(3);

  /** How long a renewal holds. */
  public static final Duration LEASE = Duration.ofSeconds(10);

  private static final Logger LOG = Logger.getLogger(PostgresReplicas.class);
  private static final String COLUMNS =
      "id, service, address, version, started_at, generation, lease_until, alive";
  private static final String RENEW =
      "select " + COLUMNS + " from ledger.renew_replica_v1($1, $2, $3, $4, $5, $6)";
  private static final String LEAVE = "select ledger.leave_replica_v1($1)";

  private final Self self;
  private final LedgerSettings settings;
  private final OneThread thread;
  private final Line line;
  private final List<Consumer<List<Member>>> followers = new CopyOnWriteArrayList<>();
  private final Backoff backoff = new Backoff();
  private volatile List<Member> all = List.of();
  private volatile long heldUntilNanos = System.nanoTime();

  private PostgresReplicas(Vertx vertx, LedgerSettings settings, Self self) {
    this.self = self;
    this.settings = settings;
    this.thread = new OneThread("replicas-" + settings.name());
    this.line = new Line(vertx, settings, thread, "lease", LEASE.dividedBy(2));
    thread.execute(this::renewSelf);
  }

  /** Starts renewing; there are no members before the first renewal. */
  public static PostgresReplicas open(Vertx vertx, LedgerSettings settings, Self self) {
    return new PostgresReplicas(vertx, settings, self);
  }

  /** Renews the lease of a replica that has no database of its own, and tells who there is. */
  public Uni<List<Member>> renew(Self other) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Executor caller = CallerThread.current();
              return Uni.createFrom()
                  .voidItem()
                  .emitOn(thread)
                  .onItem()
                  .transformToUni(ignored -> send(other))
                  .onFailure()
                  .transform(
                      e -> Failure.unavailable("the lease can't be renewed: " + e.getMessage()))
                  .emitOn(caller);
            });
  }

  @Override
  public List<Member> all() {
    return all;
  }

  @Override
  public Member self() {
    boolean held = System.nanoTime() - heldUntilNanos < 0;
    return all.stream()
        .filter(member -> member.id().equals(self.id()))
        .map(
            member ->
                new Member(
                    member.id(),
                    member.service(),
                    member.address(),
                    member.version(),
                    member.startedAt(),
                    member.generation(),
                    member.leaseUntil(),
                    held))
        .findFirst()
        .orElseGet(
            () ->
                new Member(
                    self.id(),
                    self.service(),
                    self.address(),
                    self.version(),
                    self.startedAt(),
                    0,
                    Instant.EPOCH,
                    false));
  }

  @Override
  public AutoCloseable follow(Consumer<List<Member>> follower) {
    thread.execute(
        () -> {
          followers.add(follower);
          if (!all.isEmpty()) {
            tell(follower, all);
          }
        });
    return () -> followers.remove(follower);
  }

  /** Ends the lease, so that the others need not wait for its end. */
  @Override
  public void close() {
    CountDownLatch left = new CountDownLatch(1);
    try {
      thread.execute(
          () ->
              line.call(LEAVE, Tuple.of(self.id()))
                  .onTermination()
                  .invoke(line::close)
                  .subscribe()
                  .with(
                      ignored -> left.countDown(),
                      failure -> {
                        LOG.debugf(
                            "%s could not end its lease: %s", self.id(), failure.getMessage());
                        left.countDown();
                      }));
      if (!left.await(2, TimeUnit.SECONDS)) {
        LOG.infof("%s could not end its lease in time", self.id());
      }
    } catch (RejectedExecutionException e) {
      LOG.debugf("%s was closed already", self.id());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.shutdown();
  }

  private void renewSelf() {
    long sent = System.nanoTime();
    send(self)
        .subscribe()
        .with(
            members -> {
              heldUntilNanos = sent + LEASE.toNanos();
              backoff.reset();
              renewed(members);
              thread.schedule(this::renewSelf, RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
            },
            failure -> {
              LOG.debugf("%s could not renew its lease: %s", self.id(), failure.getMessage());
              if (!thread.isShutdown()) {
                thread.schedule(this::renewSelf, backoff.nextMillis(), TimeUnit.MILLISECONDS);
              }
            });
  }

  private Uni<List<Member>> send(Self who) {
    Tuple arguments =
        Tuple.of(who.id(), who.service(), who.address(), who.version())
            .addOffsetDateTime(OffsetDateTime.ofInstant(who.startedAt(), ZoneOffset.UTC))
            .addValue(Interval.of(LEASE));
    return line.call(RENEW, arguments).onItem().transform(PostgresReplicas::members);
  }

  private static List<Member> members(RowSet<Row> rows) {
    List<Member> members = new ArrayList<>();
    for (Row row : rows) {
      members.add(
          new Member(
              row.getString("id"),
              row.getString("service"),
              row.getString("address"),
              row.getString("version"),
              row.getOffsetDateTime("started_at").toInstant(),
              row.getLong("generation"),
              row.getOffsetDateTime("lease_until").toInstant(),
              row.getBoolean("alive")));
    }
    return List.copyOf(members);
  }

  private void renewed(List<Member> members) {
    List<Member> before = all;
    all = members;
    if (!identities(before).equals(identities(members))) {
      followers.forEach(follower -> tell(follower, members));
    }
  }

  /** What followers care about: everything but the time of the lease. */
  private static List<Member> identities(List<Member> members) {
    return members.stream()
        .map(
            m ->
                new Member(
                    m.id(),
                    m.service(),
                    m.address(),
                    m.version(),
                    m.startedAt(),
                    m.generation(),
                    Instant.EPOCH,
                    m.alive()))
        .toList();
  }

  private void tell(Consumer<List<Member>> follower, List<Member> members) {
    try {
      follower.accept(members);
    } catch (RuntimeException e) {
      LOG.errorf(e, "A follower of the replicas failed at %s", settings.name());
    }
  }
}
