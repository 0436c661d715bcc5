package io.steppe.agent.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

class LogStreamTest {
  private static final String PREFIX = "t.stdout.";

  private Path folder;
  private Path spool;

  /**
   * A task writes, the copy runs and is cut off.
   *
   * @param written bytes the task writes
   * @param cut how many of the bytes copied last never reached the file, when the copy is cut off;
   *     negative when it is not
   */
  record Turn(int written, int cut) {}

  @BeforeTry
  void begin() throws IOException {
    folder = Files.createTempDirectory("logs");
    spool = folder.resolve("spool");
  }

  @AfterTry
  void end() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Provide
  Arbitrary<List<Turn>> turns() {
    Arbitrary<Turn> turn =
        Combinators.combine(
                Arbitraries.integers().between(0, 500), Arbitraries.integers().between(-100, 200))
            .as(Turn::new);
    return turn.list().ofMaxSize(25);
  }

  @Property(tries = 300)
  void theFilesHoldTheSpoolWhereverTheCopyIsCutOff(
      @ForAll("turns") List<Turn> turns, @ForAll long seed) throws IOException {
    int max = 128;
    Random random = new Random(seed);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    LogStream stream = stream(1_000, max);
    for (Turn turn : turns) {
      byte[] bytes = new byte[turn.written()];
      random.nextBytes(bytes);
      expected.writeBytes(bytes);
      Files.write(spool, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      stream.copy();
      if (turn.cut() >= 0) {
        cut(turn.cut());
        stream.close();
        stream = stream(1_000, max);
      }
    }
    stream.copy();
    stream.close();

    assertArrayEquals(expected.toByteArray(), joined());
    for (int i = 0; Files.exists(folder.resolve(PREFIX + (i + 1))); i++) {
      assertEquals(max, Files.size(folder.resolve(PREFIX + i)));
    }
  }

  @Property(tries = 50)
  void onlyTheNewestFilesAreKept(@ForAll("turns") List<Turn> turns) throws IOException {
    LogStream stream = stream(2, 64);
    long all = 0;
    for (Turn turn : turns) {
      Files.write(
          spool, new byte[turn.written()], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      all += turn.written();
      assertEquals(turn.written(), stream.copy());
    }
    stream.close();

    try (var files = Files.list(folder)) {
      assertTrue(
          files.filter(file -> file.getFileName().toString().startsWith(PREFIX)).count() <= 2);
    }
    if (all > 0) {
      assertTrue(Files.exists(folder.resolve(PREFIX + (all - 1) / 64)));
    }
  }

  @Property(tries = 1)
  void whatWasWrittenWithoutAnAgentIsKeptForFollowersToComeBack() throws IOException {
    long[] now = {0};
    LogStream stream = new LogStream(spool, folder, PREFIX, 2, 64, () -> now[0]);
    Files.write(spool, new byte[200], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    stream.copy();
    stream.close();
    assertEquals(List.of(2L, 3L), numbers());
    Files.write(spool, new byte[640], StandardOpenOption.APPEND);

    stream = new LogStream(spool, folder, PREFIX, 2, 64, () -> now[0]);
    stream.copy();
    assertEquals(List.of(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L), numbers());
    now[0] = Duration.ofMinutes(1).toNanos();
    stream.copy();
    assertEquals(List.of(12L, 13L), numbers());
    stream.close();
  }

  private List<Long> numbers() throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .map(file -> LogFiles.index(file.getFileName().toString(), PREFIX))
          .filter(OptionalLong::isPresent)
          .map(OptionalLong::getAsLong)
          .sorted()
          .toList();
    }
  }

  @Property(tries = 1)
  void followsNoLinkThatATaskMadeInALogFilesPlace() throws IOException {
    Path outside = Files.createTempFile("outside", "");
    try {
      Files.createSymbolicLink(folder.resolve(PREFIX + 0), outside);
      Files.write(spool, new byte[10], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      LogStream stream = stream(2, 64);
      stream.copy();
      stream.close();
      assertEquals(0, Files.size(outside));
      assertEquals(10, Files.size(folder.resolve(PREFIX + 0)));
      assertFalse(Files.isSymbolicLink(folder.resolve(PREFIX + 0)));
    } finally {
      Files.delete(outside);
    }
  }

  @Property(tries = 1)
  void givesBackTheSpaceOfWhatWasCopied() throws Exception {
    LogStream stream = stream(100, 1 << 20);
    byte[] mebibyte = new byte[1 << 20];
    for (int i = 0; i < 12; i++) {
      mebibyte[0] = (byte) i;
      Files.write(spool, mebibyte, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      stream.copy();
    }
    stream.close();
    long blocks = blocks(spool);
    LogStream next = stream(100, 1 << 20);
    Files.write(spool, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);

    assertEquals(3, next.copy());
    assertTrue(blocks <= 5 << 20, "still " + blocks + " bytes");
    next.finish();
    assertFalse(Files.exists(spool));
  }

  private static long blocks(Path file) throws Exception {
    Process process = new ProcessBuilder("stat", "-c", "%b %B", file.toString()).start();
    String[] words =
        new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
            .strip()
            .split(" ");
    return Long.parseLong(words[0]) * Long.parseLong(words[1]);
  }

  private LogStream stream(int files, long bytes) {
    return new LogStream(spool, folder, PREFIX, files, bytes, System::nanoTime);
  }

  /** The newest file lacks bytes at its end. */
  private void cut(int bytes) throws IOException {
    int newest = -1;
    while (Files.exists(folder.resolve(PREFIX + (newest + 1)))) {
      newest++;
    }
    if (newest >= 0) {
      try (FileChannel file =
          FileChannel.open(folder.resolve(PREFIX + newest), StandardOpenOption.WRITE)) {
        file.truncate(Math.max(0, file.size() - bytes));
      }
    }
  }

  private byte[] joined() throws IOException {
    var all = new ByteArrayOutputStream();
    for (int i = 0; Files.exists(folder.resolve(PREFIX + i)); i++) {
      all.writeBytes(Files.readAllBytes(folder.resolve(PREFIX + i)));
    }
    return all.toByteArray();
  }
}
