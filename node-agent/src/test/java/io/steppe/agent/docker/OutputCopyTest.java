package io.steppe.agent.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputCopyTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path home;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @Test
  void readingTheLogAgainCopiesOnlyWhatIsNew() throws Exception {
    entry(1, 0, "one\n");
    entry(2, 0, "oops\n");
    entry(1, 0, "two\n");
    copy();
    copy();
    assertEquals("one\ntwo\n", Files.readString(home.resolve("stdout")));
    entry(1, 0, "three of the same time\n");
    entry(1, 7, "four\n");
    copy();
    assertEquals(
        "one\ntwo\nthree of the same time\nfour\n", Files.readString(home.resolve("stdout")));
    assertEquals("oops\n", Files.readString(home.resolve("stderr")));
  }

  @Test
  void whatTheSpoolHasBeyondTheMarkIsNotWrittenAgain() throws Exception {
    entry(1, 0, "marked\n");
    copy();
    entry(1, 1, "written, but not marked\n");
    entry(1, 2, "half written\n");
    Files.writeString(
        home.resolve("stdout"), "written, but not marked\nhalf", StandardOpenOption.APPEND);
    copy();
    assertEquals(
        "marked\nwritten, but not marked\nhalf written\n",
        Files.readString(home.resolve("stdout")));
  }

  @Test
  void aNewRunGoesOnAfterTheOutputOfTheLast() throws Exception {
    Files.writeString(home.resolve("stdout"), "of the last run\n");
    entry(1, 0, "of this run\n");
    copy();
    assertEquals("of the last run\nof this run\n", Files.readString(home.resolve("stdout")));
    try (OutputCopy copy = new OutputCopy(home, 1)) {
      assertEquals(0, copy.since(), "the other output has nothing yet");
    }
    entry(2, 5, "oops\n");
    copy();
    try (OutputCopy copy = new OutputCopy(home, 1)) {
      assertEquals(START.getEpochSecond() - 2, copy.since());
    }
  }

  private void copy() throws Exception {
    try (OutputCopy copy = new OutputCopy(home, 1)) {
      copy.copy(new Frames(new ByteArrayInputStream(log.toByteArray())));
    }
  }

  private void entry(int output, int seconds, String text) throws Exception {
    byte[] bytes = (START.plusSeconds(seconds) + " " + text).getBytes(StandardCharsets.UTF_8);
    log.write(ByteBuffer.allocate(8).put(0, (byte) output).putInt(4, bytes.length).array());
    log.write(bytes);
  }
}
