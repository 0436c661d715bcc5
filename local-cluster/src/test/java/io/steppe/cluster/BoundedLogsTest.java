package io.steppe.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedLogsTest {
  @TempDir Path run;

  @Test
  void aLongLogIsEmptiedAndKeptAside() throws Exception {
    Path log = run.resolve("a.log");
    Files.writeString(log, "x".repeat(100));
    new BoundedLogs(run, 100).trim();
    assertEquals(100, Files.size(log));
    Files.writeString(log, "x".repeat(101));
    new BoundedLogs(run, 100).trim();
    assertEquals(0, Files.size(log));
    assertEquals(101, Files.size(run.resolve("a.log.1")));
  }
}
