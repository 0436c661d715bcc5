package io.steppe.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import io.smallrye.mutiny.Uni;
import io.steppe.ledger.testing.TestDatabase;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresLedgerTest {
  private static final Duration WAIT = Duration.ofSeconds(20);
  private static TestDatabase database;

  private PostgresLedger<NumbersView> ledger;

  @BeforeAll
  static void start() {
    database = TestDatabase.start();
    database.migrateTables("node", "nodes", "node_pools");
    database.migrateTables("alloc", "allocs");
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void open() {
    ledger = open("node");
    ledger.ready().await().atMost(WAIT);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private static PostgresLedger<NumbersView> open(String schema) {
    return PostgresLedger.open(
        database.settings(schema, "nodes", "node_pools", "allocs"), NumbersView.EMPTY);
  }

  private static Decision<NumbersView, Int64Value> put(String table, String key, String value) {
    return (view, index, now) ->
        new Outcome.Commit<>(
            List.of(Change.put(table, key, ByteString.copyFromUtf8(value))), Int64Value.of(index));
  }

  private static long put(Ledger<NumbersView> ledger, String key, String value) {
    return ledger
        .commit("", Int64Value.parser(), put("nodes", key, value))
        .await()
        .atMost(WAIT)
        .getValue();
  }

  @Test
  void aCommitIsInTheViewAndLoadsAgain() {
    long index = put(ledger, "a", "1");
    Snapshot<NumbersView> snapshot = ledger.snapshot();
    assertEquals(index, snapshot.index());
    assertEquals(index, snapshot.tableIndex("nodes"));
    assertEquals(ByteString.copyFromUtf8("1"), snapshot.view().objects().get("nodes/a"));
    try (PostgresLedger<NumbersView> other = open("alloc")) {
      Snapshot<NumbersView> loaded = other.latest().await().atMost(WAIT);
      assertEquals(snapshot.view(), loaded.view());
      assertEquals(snapshot.tableIndexes(), loaded.tableIndexes());
    }
  }

  @Test
  void writersOfTwoSchemasShareOneOrder() {
    try (PostgresLedger<NumbersView> other = open("alloc")) {
      long before = ledger.latest().await().atMost(WAIT).index();
      List<Uni<Int64Value>> commits = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        commits.add(ledger.commit("", Int64Value.parser(), put("nodes", "n" + i, "x")));
        commits.add(other.commit("", Int64Value.parser(), put("allocs", "a" + i, "y")));
      }
      List<Int64Value> indexes =
          Uni.join().all(commits).usingConcurrencyOf(600).andFailFast().await().atMost(WAIT);
      assertEquals(
          LongStream.rangeClosed(before + 1, before + 600).boxed().toList(),
          indexes.stream().map(Int64Value::getValue).sorted().toList());
      Snapshot<NumbersView> one = ledger.latest().await().atMost(WAIT);
      Snapshot<NumbersView> two = other.latest().await().atMost(WAIT);
      assertEquals(before + 600, one.index());
      assertEquals(one.view(), two.view());
      assertEquals(one.tableIndexes(), two.tableIndexes());
    }
  }

  @Test
  void aRequestIdGetsItsFirstAnswer() {
    String id = UUID.randomUUID().toString();
    long first =
        ledger
            .commit(id, Int64Value.parser(), put("nodes", "once", "1"))
            .await()
            .atMost(WAIT)
            .getValue();
    long again =
        ledger
            .commit(id, Int64Value.parser(), put("nodes", "once", "2"))
            .await()
            .atMost(WAIT)
            .getValue();
    assertEquals(first, again);
    try (PostgresLedger<NumbersView> other = open("node")) {
      Decision<NumbersView, Int64Value> refusing =
          (view, index, now) -> new Outcome.Refused<>(Failure.conflict("taken"));
      assertEquals(
          first, other.commit(id, Int64Value.parser(), refusing).await().atMost(WAIT).getValue());
      assertEquals(
          ByteString.copyFromUtf8("1"), other.snapshot().view().objects().get("nodes/once"));
    }
  }

  @Test
  void aRetryBesideItsFirstAttemptIsCommittedOnce() {
    String id = UUID.randomUUID().toString();
    List<Uni<Int64Value>> attempts =
        IntStream.range(0, 20)
            .mapToObj(i -> ledger.commit(id, Int64Value.parser(), put("nodes", "beside", "" + i)))
            .toList();
    List<Int64Value> answers =
        Uni.join().all(attempts).usingConcurrencyOf(20).andFailFast().await().atMost(WAIT);
    assertEquals(1, answers.stream().distinct().count());
  }

  @Test
  void aFailingDecisionFailsItsRequestOnly() {
    List<Uni<Void>> all = new ArrayList<>();
    Uni<Int64Value> defect =
        ledger.commit(
            "",
            Int64Value.parser(),
            (view, index, now) -> {
              throw new IllegalStateException("a defect");
            });
    Uni<Int64Value> refused =
        ledger.commit(
            "",
            Int64Value.parser(),
            (view, index, now) -> new Outcome.Refused<>(Failure.notFound("no such")));
    Uni<Int64Value> unstorable =
        ledger.commit("", Int64Value.parser(), put("nodes", "nul\u0000", "x"));
    for (int i = 0; i < 20; i++) {
      all.add(
          ledger
              .commit("", Int64Value.parser(), put("nodes", "beside" + i, "x"))
              .replaceWithVoid());
      all.add(expect(Kind.INTERNAL, i % 2 == 0 ? defect : unstorable));
      all.add(expect(Kind.NOT_FOUND, refused));
    }
    Uni.join().all(all).usingConcurrencyOf(60).andFailFast().await().atMost(WAIT);
  }

  private static Uni<Void> expect(Kind kind, Uni<?> failing) {
    return failing
        .onItemOrFailure()
        .transform(
            (item, failure) -> {
              assertEquals(kind, Failure.of(failure).kind());
              return Failure.of(failure);
            })
        .replaceWithVoid();
  }

  @Test
  void aFailedGuardRefusesItsRequestOnly() {
    database.execute(
        "set role steppe_node",
        "create or replace function node.guard_v1(p_guards text[]) returns text[] language sql stable as"
            + " $$ select coalesce(array_agg(g), '{}') from unnest(p_guards) g where g <> 'holds' $$");
    Decision<NumbersView, StringValue> holding = guarded("holds");
    Decision<NumbersView, StringValue> failing = guarded("fails");
    List<Uni<Void>> all =
        List.of(
            ledger.commit("", StringValue.parser(), holding).replaceWithVoid(),
            expect(Kind.CONFLICT, ledger.commit("", StringValue.parser(), failing)),
            ledger.commit("", StringValue.parser(), holding).replaceWithVoid());
    Uni.join().all(all).usingConcurrencyOf(3).andFailFast().await().atMost(WAIT);
    Map<String, ByteString> objects = ledger.latest().await().atMost(WAIT).view().objects();
    assertTrue(objects.containsKey("nodes/holds"));
    assertTrue(!objects.containsKey("nodes/fails"));
  }

  private static Decision<NumbersView, StringValue> guarded(String guard) {
    return (view, index, now) ->
        new Outcome.Commit<>(
            List.of(Change.put("nodes", guard, ByteString.EMPTY)),
            StringValue.of(guard),
            List.of(guard));
  }

  @Test
  void aFollowerSeesEveryStepInOrder() throws Exception {
    try (PostgresLedger<NumbersView> other = open("alloc")) {
      List<Advance<NumbersView>> steps = new CopyOnWriteArrayList<>();
      other.latest().await().atMost(WAIT);
      AutoCloseable following = other.follow(steps::add);
      long last = 0;
      for (int i = 0; i < 50; i++) {
        last = put(ledger, "followed", "" + i);
      }
      long index = last;
      Snapshot<NumbersView> reached = other.at(index).await().atMost(WAIT);
      assertEquals(index, reached.index());
      following.close();
      assertTrue(steps.getFirst().reloaded());
      List<Long> seen = new ArrayList<>();
      for (Advance<NumbersView> step : steps.subList(1, steps.size())) {
        step.changes().forEach(change -> seen.add(change.index()));
      }
      assertEquals(LongStream.rangeClosed(index - 49, index).boxed().toList(), seen);
    }
  }

  @Test
  void aDeletedObjectIsGone() {
    put(ledger, "short", "1");
    Decision<NumbersView, Int64Value> delete =
        (view, index, now) ->
            new Outcome.Commit<>(List.of(Change.delete("nodes", "short")), Int64Value.of(index));
    ledger.commit("", Int64Value.parser(), delete).await().atMost(WAIT);
    try (PostgresLedger<NumbersView> other = open("alloc")) {
      assertTrue(!other.latest().await().atMost(WAIT).view().objects().containsKey("nodes/short"));
    }
  }

  @Test
  void whoStopsWhileHoldingTheHeadHoldsItForABoundedTime() throws Exception {
    try (PostgresLedger<NumbersView> other = open("alloc")) {
      other.ready().await().atMost(WAIT);
      AtomicInteger decided = new AtomicInteger();
      CountDownLatch holding = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      Decision<NumbersView, Int64Value> stopping =
          (view, index, now) -> {
            int attempt = decided.incrementAndGet();
            if (attempt <= 2) {
              // Somebody is faster, twice: the third attempt takes the head first.
              other
                  .commit("", Int64Value.parser(), put("allocs", "faster" + attempt, "x"))
                  .await()
                  .atMost(WAIT);
            } else if (attempt == 3) {
              holding.countDown();
              awaitQuietly(goOn);
            }
            return new Outcome.Commit<>(
                List.of(Change.put("nodes", "stopped", ByteString.EMPTY)), Int64Value.of(index));
          };
      CompletableFuture<Int64Value> stopped =
          ledger.commit("", Int64Value.parser(), stopping).subscribeAsCompletionStage();
      assertTrue(holding.await(20, TimeUnit.SECONDS));
      long started = System.nanoTime();
      other.commit("", Int64Value.parser(), put("allocs", "frozen", "x")).await().atMost(WAIT);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      goOn.countDown();
      assertTrue(millis > 500, "the head was not held: " + millis + " ms");
      assertTrue(millis < 4_000, "frozen for " + millis + " ms");
      assertTrue(stopped.get(20, TimeUnit.SECONDS).getValue() > 0);
      assertTrue(decided.get() > 3);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anotherEpochLoadsTheViewAnew() {
    put(ledger, "epoch", "1");
    long epoch = ledger.snapshot().epoch();
    database.execute("select ledger.change_epoch()");
    assertEquals(epoch + 1, ledger.latest().await().atMost(WAIT).epoch());
    put(ledger, "epoch", "2");
  }

  @Test
  void fsyncOffIsRefused() {
    LedgerSettings checked =
        database
            .settings("node", "nodes")
            .withDurabilityChecked(true)
            .withDeadline(Duration.ofMillis(500));
    try (PostgresLedger<NumbersView> refusing = PostgresLedger.open(checked, NumbersView.EMPTY)) {
      Uni<Int64Value> commit =
          refusing.commit("", Int64Value.parser(), put("nodes", "unsafe", "1"));
      Failure failure = assertThrows(Failure.class, () -> commit.await().atMost(WAIT));
      assertEquals(Kind.UNAVAILABLE, failure.kind());
    }
  }
}
