package io.steppe.event.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.ledger.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class PartitionsTest {
  private static final int SIZE = 16_384;

  private static Partitions.Retention keep(long events, Duration age) {
    return new Partitions.Retention(events, age, Long.MAX_VALUE, Duration.ofHours(1));
  }

  /** Appends commits of one event each, in batches, as a service's commit_v1 would. */
  private static void append(TestDatabase database, int commits) {
    database.execute(
        """
        do $$
        declare v_head bigint;
        begin
          for i in 1 .. %d loop
            select h.index into v_head from ledger.head_v1() h;
            perform ledger.append_v1(v_head, gen_random_uuid(), array_fill(null::uuid, array[1024]),
              array_fill(''::bytea, array[1024]), array(select g from generate_series(1, 1024) g), array_fill(0, array[1024]),
              array_fill('jobs'::text, array[1024]), array_fill('k'::text, array[1024]), array_fill('x'::bytea, array[1024]),
              array_fill('Job'::text, array[1024]), array_fill('JobRegistered'::text, array[1024]),
              array_fill('k'::text, array[1024]), array_fill('default'::text, array[1024]),
              array_fill(''::text, array[1024]), array_fill(null::bytea, array[1024]));
          end loop;
        end $$\
        """
            .formatted(commits / 1024));
  }

  private static long number(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        ResultSet row = connection.createStatement().executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void partitionsAreMadeAheadAndDroppedWhenNothingAsksToKeepThem() throws Exception {
    try (TestDatabase database = TestDatabase.start()) {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setUrl(database.jdbcUrl());
      source.setUser(TestDatabase.role("ledger"));
      source.setPassword(TestDatabase.password());
      Partitions partitions = new Partitions(source);

      append(database, 5 * SIZE);
      assertEquals(5L * SIZE, number(source, "select count(*) from ledger.log"));
      assertEquals(
          List.of(), partitions.round(keep(0, Duration.ofHours(1))), "age asks to keep them");
      assertEquals(
          List.of(),
          partitions.round(keep(10 * SIZE, Duration.ZERO)),
          "the count asks to keep them");
      assertTrue(number(source, "select max(last_index) from ledger.partitions") >= 7L * SIZE);

      assertEquals(
          List.of("log_1", "log_" + (SIZE + 1), "log_" + (2 * SIZE + 1)),
          partitions.round(keep(2 * SIZE, Duration.ZERO)));
      assertEquals(2L * SIZE, number(source, "select count(*) from ledger.log"));
      assertEquals(3L * SIZE + 1, number(source, "select oldest from ledger.head_v1()"));
      assertEquals(3L * SIZE, number(source, "select min(last_index) from ledger.batches"));

      append(database, SIZE);
      assertEquals(6L * SIZE, number(source, "select index from ledger.head_v1()"));
    }
  }

  @Test
  void theOldestGoesWhenThereIsNoRoomForIt() throws Exception {
    try (TestDatabase database = TestDatabase.start()) {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setUrl(database.jdbcUrl());
      source.setUser(TestDatabase.role("ledger"));
      source.setPassword(TestDatabase.password());
      append(database, 3 * SIZE);
      Partitions partitions = new Partitions(source);
      Duration age = Duration.ofDays(1);
      assertEquals(List.of(), partitions.round(keep(100 * SIZE, age)));
      long one = number(source, "select max(bytes) from ledger.partitions");
      assertTrue(one > SIZE, "a partition takes " + one + " bytes");
      assertEquals(
          List.of("log_1"),
          partitions.round(
              new Partitions.Retention(100 * SIZE, age, one * 5 / 2, Duration.ofHours(1))));
      assertEquals(SIZE + 1L, number(source, "select oldest from ledger.head_v1()"));
    }
  }

  @Test
  void aDropThatWasInterruptedIsFinished() throws Exception {
    try (TestDatabase database = TestDatabase.start()) {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setUrl(database.jdbcUrl());
      source.setUser(TestDatabase.role("ledger"));
      source.setPassword(TestDatabase.password());
      append(database, 3 * SIZE);
      try (Connection reader = source.getConnection()) {
        reader.setAutoCommit(false);
        reader.createStatement().executeQuery("select count(*) from ledger.log").close();
        SQLException late =
            org.junit.jupiter.api.Assertions.assertThrows(
                SQLException.class, () -> new Partitions(source).round(keep(SIZE, Duration.ZERO)));
        assertEquals("55P03", late.getSQLState());
        append(database, 1024);
      }
      assertTrue(!new Partitions(source).round(keep(SIZE, Duration.ZERO)).isEmpty());
      assertEquals(SIZE + 1024L, number(source, "select count(*) from ledger.log"));
    }
  }
}
