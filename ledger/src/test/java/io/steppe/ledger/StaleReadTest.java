package io.steppe.ledger;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import io.steppe.ledger.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StaleReadTest {
  private static final Duration WAIT = Duration.ofSeconds(20);

  private static long put(Ledger<NumbersView> ledger, String key) {
    Decision<NumbersView, Int64Value> decision =
        (view, index, now) ->
            new Outcome.Commit<>(
                List.of(Change.put("nodes", key, ByteString.EMPTY)), Int64Value.of(index));
    return ledger.commit("", Int64Value.parser(), decision).await().atMost(WAIT).getValue();
  }

  @Test
  void aReadDoesNotJoinALookThatStartedBeforeIt() throws Exception {
    try (TestDatabase database = TestDatabase.start();
        HeldAnswers wire = new HeldAnswers(database.port())) {
      database.migrateTables("node", "nodes");
      LedgerSettings direct = database.settings("node", "nodes");
      LedgerSettings delayed =
          LedgerSettings.of(
                  "postgresql://localhost:" + wire.port() + "/postgres",
                  direct.user(),
                  direct.password(),
                  "node",
                  direct.tables(),
                  "delayed")
              .withDurabilityChecked(false)
              .withPoll(Duration.ofSeconds(5));
      try (PostgresLedger<NumbersView> writer = PostgresLedger.open(direct, NumbersView.EMPTY);
          PostgresLedger<NumbersView> reader = PostgresLedger.open(delayed, NumbersView.EMPTY)) {
        put(writer, "first");
        reader.latest().await().atMost(WAIT);
        for (int round = 0; round < 20; round++) {
          wire.hold();
          CompletableFuture<Snapshot<NumbersView>> early =
              reader.latest().subscribeAsCompletionStage();
          wire.awaitHeld();
          long index = put(writer, "round" + round);
          CompletableFuture<Snapshot<NumbersView>> late =
              reader.latest().subscribeAsCompletionStage();
          wire.release();
          assertTrue(late.get().index() >= index, "a read joined a look from before it");
          early.get();
        }
      }
    }
  }
}
