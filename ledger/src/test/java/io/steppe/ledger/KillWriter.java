package io.steppe.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import io.steppe.ledger.testing.TestDatabase;
import io.steppe.rpc.Failure;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that writes until it is told to stop, or killed. Started again, it retries what it got
 * no answer to under the same request ids. It notes in its journal what it sent (S), what was
 * acknowledged (A) and what failed (F); and reads that were stale.
 *
 * <p>Every commit puts a key of its own and the number after the highest of all counters, its own
 * schema's and the other's: a decision made on anything but the newest state would break the row of
 * numbers.
 */
final class KillWriter {
  static final String COUNTER = "counter";
  private static final VarHandle FLOOR = ValueLayout.JAVA_LONG.varHandle();
  private static final int LOOPS = 6;

  private final Path folder;
  private final String id;
  private final String table;
  private final Ledger<NumbersView> ledger;
  private final FileChannel journal;
  private final MemorySegment floor;
  private final AtomicLong next = new AtomicLong();

  private KillWriter(
      Path folder,
      String id,
      String table,
      Ledger<NumbersView> ledger,
      FileChannel journal,
      MemorySegment floor) {
    this.folder = folder;
    this.id = id;
    this.table = table;
    this.ledger = ledger;
    this.journal = journal;
    this.floor = floor;
  }

  /** Arguments: folder, url, schema, table, id. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    String schema = arguments[2];
    String id = arguments[4];
    LedgerSettings settings =
        LedgerSettings.of(
            arguments[1],
            TestDatabase.role(schema),
            TestDatabase.password(),
            schema,
            Set.of("nodes", "allocs"),
            id);
    Path path = folder.resolve(id);
    List<String> before = Files.exists(path) ? Files.readAllLines(path) : List.of();
    try (FileChannel journal =
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        FileChannel shared =
            FileChannel.open(
                folder.resolve("floor"), StandardOpenOption.READ, StandardOpenOption.WRITE);
        Arena arena = Arena.ofShared();
        PostgresLedger<NumbersView> ledger = PostgresLedger.open(settings, NumbersView.EMPTY)) {
      MemorySegment floor = shared.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES, arena);
      new KillWriter(folder, id, arguments[3], ledger, journal, floor).run(before);
    }
    // Mutiny's own threads would keep the process, outside Quarkus.
    System.exit(0);
  }

  private void run(List<String> before) throws InterruptedException {
    Map<Long, String> open = new LinkedHashMap<>();
    for (String line : before) {
      String[] words = line.split(" ");
      if (words.length > 2 && words[0].equals("S")) {
        open.put(Long.parseLong(words[1]), words[2]);
        next.set(Math.max(next.get(), Long.parseLong(words[1]) + 1));
      } else if (words.length > 2 && (words[0].equals("A") || words[0].equals("F"))) {
        open.remove(Long.parseLong(words[1]));
      }
    }
    // An attempt of the process before may have been committed: only an answer tells, so they are
    // asked for until there is one.
    open.forEach((number, request) -> retry(number, request));
    Thread[] loops = new Thread[LOOPS];
    for (int i = 0; i < LOOPS; i++) {
      loops[i] = Thread.ofVirtual().start(this::loop);
    }
    for (Thread loop : loops) {
      loop.join();
    }
  }

  private void loop() {
    while (!Files.exists(folder.resolve("stop"))) {
      long number = next.getAndIncrement();
      String request = UUID.randomUUID().toString();
      note("S " + number + " " + request);
      write(number, request);
      read();
    }
  }

  private void retry(long number, String request) {
    while (!acknowledged(number, request, "R")) {
      read();
    }
  }

  private void write(long number, String request) {
    acknowledged(number, request, "F");
  }

  /** Commits, and notes the answer; a failure is noted under the word given. */
  private boolean acknowledged(long number, String request, String failed) {
    try {
      long index =
          ledger
              .commit(request, Int64Value.parser(), decision(number))
              .await()
              .atMost(Duration.ofSeconds(90))
              .getValue();
      long known = (long) FLOOR.getVolatile(floor, 0L);
      while (known < index && !FLOOR.compareAndSet(floor, 0L, known, index)) {
        known = (long) FLOOR.getVolatile(floor, 0L);
      }
      note("A " + number + " " + index + " " + System.currentTimeMillis());
      return true;
    } catch (Failure failure) {
      note(failed + " " + number + " " + failure.kind() + " " + failure.getMessage());
      return false;
    }
  }

  /** A read must hold everything that any process had got acknowledged before the read began. */
  private void read() {
    long known = (long) FLOOR.getVolatile(floor, 0L);
    try {
      long index = ledger.latest().await().atMost(Duration.ofSeconds(90)).index();
      if (index < known) {
        note("STALE " + index + " below " + known);
      }
    } catch (Failure failure) {
      note("R " + failure.getMessage());
    }
  }

  private Decision<NumbersView, Int64Value> decision(long number) {
    return (view, index, now) -> {
      long highest = Math.max(counter(view, "nodes"), counter(view, "allocs"));
      ByteString value = ByteString.copyFromUtf8(Long.toString(highest + 1));
      return new Outcome.Commit<>(
          List.of(Change.put(table, COUNTER, value), Change.put(table, id + "-" + number, value)),
          Int64Value.of(index));
    };
  }

  private static long counter(NumbersView view, String table) {
    ByteString value = view.objects().get(table + "/" + COUNTER);
    return value == null ? 0 : Long.parseLong(value.toStringUtf8());
  }

  private synchronized void note(String line) {
    try {
      journal.write(java.nio.ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
