package io.steppe.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import io.smallrye.mutiny.Uni;
import io.steppe.ledger.testing.TestDatabase;
import io.steppe.rpc.Failure;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Views against a plain map under random histories, over PostgreSQL and in memory, which must
 * agree.
 */
class HistoriesTest {
  private static final Duration WAIT = Duration.ofSeconds(20);
  private static TestDatabase database;

  /**
   * A request: some puts and deletes; refused when {@code ifPresent} names a key that is not there.
   */
  record Step(List<Edit> edits, String ifPresent, boolean retried) {}

  record Edit(String key, int value) {}

  @BeforeContainer
  static void start() {
    database = TestDatabase.start();
    database.migrateTables("node", "nodes");
  }

  @AfterContainer
  static void stop() {
    database.close();
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<String> keys = Arbitraries.of("a", "b", "c", "d", "e");
    Arbitrary<Edit> edits =
        Combinators.combine(keys, Arbitraries.integers().between(-3, 9)).as(Edit::new);
    Arbitrary<Step> steps =
        Combinators.combine(
                edits.list().ofMinSize(1).ofMaxSize(5),
                keys.injectNull(0.6),
                Arbitraries.of(true, false))
            .as((all, key, retried) -> new Step(all, key == null ? "" : key, retried));
    return steps.list().ofMinSize(1).ofMaxSize(40);
  }

  /** A negative value deletes. */
  private static List<Change> changes(Step step) {
    List<Change> changes = new ArrayList<>();
    for (Edit edit : step.edits()) {
      changes.add(
          edit.value() < 0
              ? Change.delete("nodes", edit.key())
              : Change.put("nodes", edit.key(), ByteString.copyFromUtf8("" + edit.value())));
    }
    return changes;
  }

  private static Decision<NumbersView, Int64Value> decision(Step step) {
    return (view, index, now) ->
        step.ifPresent().isEmpty() || view.objects().containsKey("nodes/" + step.ifPresent())
            ? new Outcome.Commit<>(changes(step), Int64Value.of(index))
            : new Outcome.Refused<>(Failure.notFound(step.ifPresent()));
  }

  /** Runs all requests at once; gives each one's index, 0 for a refusal. */
  private static List<Long> run(Ledger<NumbersView> ledger, List<Step> history) {
    List<Uni<Long>> requests = new ArrayList<>();
    for (Step step : history) {
      String id = UUID.randomUUID().toString();
      Uni<Long> one =
          ledger
              .commit(id, Int64Value.parser(), decision(step))
              .map(Int64Value::getValue)
              .onFailure(Failure.class)
              .recoverWithItem(0L);
      requests.add(
          step.retried()
              ? one.onItem().transformToUni(first -> first == 0 ? Uni.createFrom().item(0L) : one)
              : one);
    }
    return Uni.join()
        .all(requests)
        .usingConcurrencyOf(requests.size())
        .andFailFast()
        .await()
        .atMost(WAIT);
  }

  /** What the committed requests leave, in the order of their indexes. */
  private static Map<String, ByteString> model(
      Map<String, ByteString> before, List<Step> history, List<Long> indexes) {
    TreeMap<Long, Step> order = new TreeMap<>();
    for (int i = 0; i < history.size(); i++) {
      if (indexes.get(i) > 0) {
        order.put(indexes.get(i), history.get(i));
      }
    }
    Map<String, ByteString> model = new HashMap<>(before);
    for (Step step : order.values()) {
      for (Edit edit : step.edits()) {
        if (edit.value() < 0) {
          model.remove("nodes/" + edit.key());
        } else {
          model.put("nodes/" + edit.key(), ByteString.copyFromUtf8("" + edit.value()));
        }
      }
    }
    return model;
  }

  @Property(tries = 40)
  void viewsFollowAndLoadWhatWasCommitted(@ForAll("histories") List<Step> history) {
    LedgerSettings settings = database.settings("node", "nodes").withBatch(7, 20);
    try (PostgresLedger<NumbersView> ledger = PostgresLedger.open(settings, NumbersView.EMPTY);
        PostgresLedger<NumbersView> follower = PostgresLedger.open(settings, NumbersView.EMPTY)) {
      Snapshot<NumbersView> before = ledger.latest().await().atMost(WAIT);
      follower.ready().await().atMost(WAIT);
      List<Long> indexes = run(ledger, history);
      Map<String, ByteString> model = model(before.view().plain(), history, indexes);
      long commits = indexes.stream().filter(index -> index > 0).count();
      Snapshot<NumbersView> after = ledger.latest().await().atMost(WAIT);
      assertEquals(before.index() + commits, after.index());
      assertEquals(model, after.view().plain());
      Snapshot<NumbersView> followed = follower.latest().await().atMost(WAIT);
      assertEquals(after.view(), followed.view());
      assertEquals(after.tableIndexes(), followed.tableIndexes());
      try (PostgresLedger<NumbersView> loaded = PostgresLedger.open(settings, NumbersView.EMPTY)) {
        Snapshot<NumbersView> fresh = loaded.latest().await().atMost(WAIT);
        assertEquals(after.view(), fresh.view());
        assertEquals(after.tableIndexes(), fresh.tableIndexes());
      }
    }
  }

  @Property(tries = 200)
  void memoryDoesTheSame(@ForAll("histories") List<Step> history) {
    try (MemoryLedger<NumbersView> ledger =
        new MemoryLedger<>(NumbersView.EMPTY, InstantSource.system())) {
      List<Long> indexes = run(ledger, history);
      Snapshot<NumbersView> after = ledger.latest().await().atMost(WAIT);
      assertEquals(model(Map.of(), history, indexes), after.view().plain());
      assertEquals(indexes.stream().filter(index -> index > 0).count(), after.index());
    }
  }
}
