package io.steppe.agent.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.agent.stats.Reading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of version 2, as the kernel's documents describe them. */
class CgroupTwoTest {
  @TempDir Path folder;

  @Test
  void limitsAreWrittenInTheKernelsUnits() throws Exception {
    new CgroupTwo(folder)
        .make(new CgroupLimits(1_024, 0.5, 64 << 20, 32 << 20, 100, List.of(1, 3)));
    assertEquals("39", text("cpu.weight"));
    assertEquals("50000 100000", text("cpu.max"));
    assertEquals(String.valueOf(64 << 20), text("memory.max"));
    assertEquals(String.valueOf(32 << 20), text("memory.low"));
    assertEquals("0", text("memory.swap.max"));
    assertEquals("100", text("pids.max"));
    assertEquals("1,3", text("cpuset.cpus"));
  }

  @Test
  void readsWhatTheGroupUsed() throws Exception {
    CgroupTwo group = new CgroupTwo(folder);
    assertTrue(group.reading().isEmpty());
    write(
        "cpu.stat",
        "usage_usec 3000\nuser_usec 2000\nsystem_usec 1000\nnr_periods 9\nnr_throttled 4\nthrottled_usec 7\n");
    write("memory.stat", "anon 100\nfile 20\nkernel 5\nfile_mapped 3\n");
    write("memory.current", "130\n");
    write("memory.peak", "200\n");
    write("memory.events", "oom 1\noom_kill 0\n");
    Reading reading = group.reading().orElseThrow();
    assertEquals(
        new Reading.Cpu(3_000_000, 2_000_000, 1_000_000, 4, 7_000, Reading.Cpu.OF_GROUPS),
        reading.cpu());
    assertEquals(100, reading.memory().getRss());
    assertEquals(20, reading.memory().getCache());
    assertEquals(130, reading.memory().getUsage());
    assertEquals(200, reading.memory().getMaxUsage());
    assertFalse(group.outOfMemory());
    write("memory.events", "oom 1\noom_kill 1\n");
    assertTrue(group.outOfMemory());
  }

  private String text(String file) throws Exception {
    return Files.readString(folder.resolve(file));
  }

  private void write(String file, String text) throws Exception {
    Files.writeString(folder.resolve(file), text);
  }
}
