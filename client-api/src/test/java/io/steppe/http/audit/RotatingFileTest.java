package io.steppe.http.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingFileTest {
  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-26T15:00:00Z");

  private RotatingFile file(long bytes, Duration age, int files) {
    return new RotatingFile(
        folder.resolve("audit").resolve("audit.log"),
        RotatingFile.mode("0600"),
        new RotatingFile.Bounds(bytes, age, files),
        () -> now);
  }

  private void write(RotatingFile file, String line) throws IOException {
    file.write(List.of((line + "\n").getBytes(StandardCharsets.UTF_8)));
    now = now.plusSeconds(1);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("audit"))) {
      return files.map(Path::getFileName).map(Path::toString).sorted().toList();
    }
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve("audit").resolve(name));
  }

  @Test
  void aFileThatIsFullIsPutAsideAndOnlySoManyAreKept() throws Exception {
    try (RotatingFile file = file(10, Duration.ofDays(1), 2)) {
      for (String line : List.of("one1", "two2", "three", "four4", "five5", "six66")) {
        write(file, line);
      }
    }
    assertEquals(
        List.of(
            "audit-20261126T150004.000000000Z.log",
            "audit-20261126T150005.000000000Z.log",
            "audit.log"),
        files());
    assertEquals("six66\n", read("audit.log"));
    assertEquals("five5\n", read("audit-20261126T150005.000000000Z.log"));
  }

  @Test
  void aFileThatIsOldIsPutAside() throws Exception {
    try (RotatingFile file = file(1000, Duration.ofHours(1), 0)) {
      write(file, "one");
      write(file, "two");
      now = now.plus(Duration.ofHours(1));
      write(file, "three");
    }
    assertEquals(2, files().size());
    assertEquals("three\n", read("audit.log"));
  }

  @Test
  void itGoesOnWhereItWasAndIsReadableByItsOwnerOnly() throws Exception {
    try (RotatingFile file = file(1000, Duration.ofDays(1), 0)) {
      write(file, "one");
    }
    try (RotatingFile file = file(1000, Duration.ofDays(1), 0)) {
      write(file, "two");
      Files.move(folder.resolve("audit/audit.log"), folder.resolve("audit/moved"));
      write(file, "three");
    }
    assertEquals("one\ntwo\n", read("moved"));
    assertEquals("three\n", read("audit.log"));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(folder.resolve("audit/audit.log")));
  }
}
