package io.steppe.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.steppe.ledger.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers in processes of their own, killed and stopped at random moments under load, and
 * PostgreSQL killed beneath them, with fsync on. {@code -Dsteppe.kill.seconds} makes it longer,
 * {@code -Dsteppe.kill.seed} repeats the order of events.
 */
class KillTest {
  private static final int SECONDS = Integer.getInteger("steppe.kill.seconds", 35);
  private static final long SEED = Long.getLong("steppe.kill.seed", System.nanoTime());

  /**
   * What a stopped writer may cost the others: the session's bound, and what this machine needs to
   * go on.
   */
  private static final long FROZEN_MILLIS = 5_000;

  private static final long STOPPED_MILLIS = 6_500;

  private record Writer(String id, String schema, String table) {}

  private record Acknowledged(String writer, String key, long index, long atMillis) {}

  private record Stop(String writer, long fromMillis, long toMillis) {}

  private static final List<Writer> WRITERS =
      List.of(
          new Writer("w1", "node", "nodes"),
          new Writer("w2", "alloc", "allocs"),
          new Writer("w3", "node", "nodes"));

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private final Map<String, Process> processes = new HashMap<>();
  private final List<Stop> stops = new ArrayList<>();
  private TestDatabase database;

  @Test
  void nothingIsLostRepeatedOrStaleWhateverIsKilled() throws Exception {
    System.out.printf("kills for %d s, -Dsteppe.kill.seed=%d%n", SECONDS, SEED);
    Files.write(folder.resolve("floor"), new byte[Long.BYTES]);
    try (TestDatabase started = TestDatabase.start(true)) {
      database = started;
      database.migrateTables("node", "nodes");
      database.migrateTables("alloc", "allocs");
      try {
        WRITERS.forEach(this::launch);
        awaitProgress(20);
        disturb(new Random(SEED));
        finish();
        check();
      } finally {
        processes.values().forEach(Process::destroyForcibly);
      }
    }
  }

  private void disturb(Random random) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    int round = 0;
    while (System.nanoTime() < end) {
      Writer writer = WRITERS.get(random.nextInt(WRITERS.size()));
      switch (round++ % 4) {
        case 0 -> stop(writer);
        case 1, 2 -> {
          processes.get(writer.id()).destroyForcibly().waitFor();
          awaitProgress(1 + random.nextInt(50));
          launch(writer);
        }
        default -> {
          database.crash();
          database.restart();
        }
      }
      awaitProgress(50 + random.nextInt(400));
    }
  }

  /** Stops a process, leaves it so for longer than the bound, and lets it run on. */
  private void stop(Writer writer) throws Exception {
    long pid = processes.get(writer.id()).pid();
    long from = System.currentTimeMillis();
    signal("STOP", pid);
    assertTrue(
        !processes.get(writer.id()).waitFor(STOPPED_MILLIS, TimeUnit.MILLISECONDS),
        "the stopped writer ended");
    stops.add(new Stop(writer.id(), from, System.currentTimeMillis()));
    signal("CONT", pid);
  }

  private static void signal(String name, long pid) throws Exception {
    assertEquals(0, new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor());
  }

  private void launch(Writer writer) {
    try {
      Process process =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-Xmx128m",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  KillWriter.class.getName(),
                  folder.toString(),
                  database.url(),
                  writer.schema(),
                  writer.table(),
                  writer.id())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(folder.resolve(writer.id() + ".out").toFile()))
              .start();
      processes.put(writer.id(), process);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Waits until so many more commits were acknowledged, by anyone. */
  private void awaitProgress(int commits) throws Exception {
    long target = acknowledged().size() + commits;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (acknowledged().size() < target) {
      assertTrue(System.nanoTime() < deadline, "nobody got an acknowledgement for 30 s");
      for (Process process : processes.values()) {
        if (process.waitFor(20, TimeUnit.MILLISECONDS) && process.exitValue() != 137) {
          throw new AssertionError("a writer ended by itself with " + process.exitValue());
        }
      }
    }
  }

  private void finish() throws Exception {
    Files.createFile(folder.resolve("stop"));
    for (Process process : processes.values()) {
      assertTrue(process.waitFor(90, TimeUnit.SECONDS), "a writer did not end");
      assertEquals(0, process.exitValue());
    }
  }

  private List<String[]> journal(Writer writer) throws IOException {
    Path path = folder.resolve(writer.id());
    return Files.exists(path)
        ? Files.readAllLines(path).stream().map(line -> line.split(" ")).toList()
        : List.of();
  }

  private List<Acknowledged> acknowledged() throws IOException {
    List<Acknowledged> all = new ArrayList<>();
    for (Writer writer : WRITERS) {
      for (String[] words : journal(writer)) {
        // The last line of a killed writer may be cut.
        if (words[0].equals("A") && words.length == 4 && words[3].length() == 13) {
          all.add(
              new Acknowledged(
                  writer.id(),
                  writer.id() + "-" + words[1],
                  Long.parseLong(words[2]),
                  Long.parseLong(words[3])));
        }
      }
    }
    return all;
  }

  private void check() throws Exception {
    List<Acknowledged> acknowledged = acknowledged();
    Map<String, Long> indexOf = new HashMap<>();
    List<Long> counters = new ArrayList<>();
    List<Long> indexes = new ArrayList<>();
    Map<String, ByteString> model = new HashMap<>();
    readLog(indexOf, counters, indexes, model);

    assertEquals(
        LongStream.rangeClosed(1, indexes.size()).boxed().toList(),
        indexes,
        "no gap, no duplicate");
    assertEquals(
        LongStream.rangeClosed(1, counters.size()).boxed().toList(),
        counters,
        "each decided on the one before");
    for (Acknowledged one : acknowledged) {
      assertEquals(one.index(), indexOf.get(one.key()), "acknowledged " + one);
    }
    for (Writer writer : WRITERS) {
      for (String[] words : journal(writer)) {
        assertTrue(!words[0].equals("STALE"), () -> "stale read: " + String.join(" ", words));
        if (words[0].equals("F")) {
          assertTrue(
              !indexOf.containsKey(writer.id() + "-" + words[1]),
              () -> "failed, yet applied: " + String.join(" ", words));
        }
      }
    }
    LedgerSettings settings = database.settings("node", "nodes", "allocs");
    try (PostgresLedger<NumbersView> fresh = PostgresLedger.open(settings, NumbersView.EMPTY)) {
      assertEquals(
          model,
          fresh.latest().await().atMost(Duration.ofSeconds(30)).view().plain(),
          "state and log agree");
    }
    long frozen = longestFreeze(acknowledged);
    assertTrue(
        frozen <= FROZEN_MILLIS, "others were frozen for " + frozen + " ms by a stopped writer");
    System.out.printf(
        "%d commits, %d acknowledged, %d stops, longest freeze by a stopped writer %d ms%n",
        indexes.size(), acknowledged.size(), stops.size(), frozen);
  }

  private void readLog(
      Map<String, Long> indexOf,
      List<Long> counters,
      List<Long> indexes,
      Map<String, ByteString> model)
      throws SQLException {
    try (Connection connection = database.superuser().getConnection();
        ResultSet row =
            connection
                .createStatement()
                .executeQuery(
                    "select index, table_name, key, object from ledger.log order by index, ordinal")) {
      while (row.next()) {
        String key = row.getString("key");
        long index = row.getLong("index");
        ByteString object = ByteString.copyFrom(row.getBytes("object"));
        model.put(row.getString("table_name") + "/" + key, object);
        if (key.equals(KillWriter.COUNTER)) {
          indexes.add(index);
          counters.add(Long.parseLong(object.toStringUtf8()));
        } else {
          assertTrue(indexOf.put(key, index) == null, () -> key + " was applied twice");
        }
      }
    }
  }

  /** The longest time, while some writer was stopped, in which no other got an acknowledgement. */
  private long longestFreeze(List<Acknowledged> acknowledged) {
    long longest = 0;
    for (Stop stop : stops) {
      List<Long> others =
          acknowledged.stream()
              .filter(one -> !one.writer().equals(stop.writer()))
              .map(Acknowledged::atMillis)
              .filter(at -> at >= stop.fromMillis() && at <= stop.toMillis())
              .sorted()
              .toList();
      long last = stop.fromMillis();
      for (long at : others) {
        longest = Math.max(longest, at - last);
        last = at;
      }
      longest = Math.max(longest, stop.toMillis() - last);
    }
    return longest;
  }
}
