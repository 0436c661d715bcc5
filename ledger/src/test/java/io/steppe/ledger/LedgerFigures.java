package io.steppe.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import io.smallrye.mutiny.Uni;
import io.steppe.ledger.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Prints the figures of docs/performance.md, with fsync on. Not a test. */
final class LedgerFigures {
  private static final Duration WAIT = Duration.ofMinutes(5);
  private static final ByteString OBJECT = ByteString.copyFrom(new byte[2_000]);

  private LedgerFigures() {}

  public static void main(String[] arguments) throws Exception {
    try (TestDatabase database = TestDatabase.start(true)) {
      database.migrateTables("alloc", "allocs");
      LedgerSettings settings = database.settings("alloc", "allocs").withDeadline(WAIT);
      try (PostgresLedger<NumbersView> ledger = PostgresLedger.open(settings, NumbersView.EMPTY)) {
        ledger.ready().await().atMost(WAIT);
        commits(ledger, 1, 300);
        for (int concurrent : new int[] {1, 10, 100, 1_000}) {
          commits(ledger, concurrent, Math.min(20_000, concurrent * 300));
        }
        fill(ledger, 100_000);
        looks(ledger);
      }
      for (int i = 0; i < 3; i++) {
        load(settings);
      }
      heads(database);
    }
    System.exit(0);
  }

  private static Decision<NumbersView, Int64Value> put(String key, int objects) {
    return (view, index, now) -> {
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < objects; i++) {
        changes.add(Change.put("allocs", key + "-" + i, OBJECT));
      }
      return new Outcome.Commit<>(changes, Int64Value.of(index));
    };
  }

  private static void commits(Ledger<NumbersView> ledger, int concurrent, int total) {
    List<Uni<Int64Value>> all = new ArrayList<>();
    for (int i = 0; i < total; i++) {
      all.add(ledger.commit("", Int64Value.parser(), put("commit" + i % 5_000, 1)));
    }
    long started = System.nanoTime();
    Uni.join().all(all).usingConcurrencyOf(concurrent).andFailFast().await().atMost(WAIT);
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf("%5d requests at a time: %6.0f commits/s%n", concurrent, total / seconds);
  }

  private static void fill(Ledger<NumbersView> ledger, int objects) {
    long started = System.nanoTime();
    for (int i = 0; i < objects / 5_000; i++) {
      ledger.commit("", Int64Value.parser(), put("plan" + i, 5_000)).await().atMost(WAIT);
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf("commits of 5,000 objects of 2 kB: %.0f objects/s%n", objects / seconds);
  }

  private static void looks(Ledger<NumbersView> ledger) {
    List<Uni<Snapshot<NumbersView>>> all = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      all.add(ledger.latest());
    }
    long started = System.nanoTime();
    Uni.join().all(all).usingConcurrencyOf(500).andFailFast().await().atMost(WAIT);
    System.out.printf(
        "linearizable reads, 500 at a time: %.0f/s%n",
        100_000 / ((System.nanoTime() - started) / 1e9));
  }

  private static void load(LedgerSettings settings) {
    long started = System.nanoTime();
    try (PostgresLedger<NumbersView> ledger = PostgresLedger.open(settings, NumbersView.EMPTY)) {
      ledger.ready().await().atMost(WAIT);
      System.out.printf(
          "view of %d objects loaded in %d ms%n",
          ledger.snapshot().view().objects().size(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
    }
  }

  /**
   * Taking a head that is a row, and one that is the last of appended rows, while a long snapshot
   * is open.
   */
  private static void heads(TestDatabase database) throws SQLException {
    database.execute(
        "create table row_head (single boolean primary key default true, index bigint) with (fillfactor = 10)",
        "insert into row_head (index) values (0)",
        "create table appended (index bigint primary key)",
        "insert into appended values (0)");
    try (Connection snapshot = database.superuser().getConnection();
        Connection writer = database.superuser().getConnection()) {
      snapshot.setAutoCommit(false);
      snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      snapshot.createStatement().executeQuery("select count(*) from row_head").close();
      // Not the disk is measured here.
      writer.createStatement().execute("set synchronous_commit = off");
      for (int round = 1; round <= 5; round++) {
        double row =
            each(
                writer,
                "update row_head set index = index + 1 where index = (select index from row_head for update)");
        double appended =
            each(
                writer,
                "insert into appended select index + 1 from (select pg_advisory_xact_lock(1)) l,"
                    + " lateral (select index from appended order by index desc limit 1) h");
        System.out.printf(
            "after %6d commits under a snapshot: head row %.3f ms, appended head with advisory lock %.3f ms%n",
            round * 10_000, row, appended);
      }
    }
  }

  /** Median of the last thousand of ten thousand. */
  private static double each(Connection connection, String sql) throws SQLException {
    long[] nanos = new long[10_000];
    try (Statement statement = connection.createStatement()) {
      for (int i = 0; i < nanos.length; i++) {
        long started = System.nanoTime();
        statement.execute(sql);
        nanos[i] = System.nanoTime() - started;
      }
    }
    long[] last = Arrays.copyOfRange(nanos, 9_000, 10_000);
    Arrays.sort(last);
    return last[500] / 1e6;
  }
}
