package io.steppe.agent.stats;

import io.steppe.agent.stats.Reading.Cpu;
import io.steppe.proto.v1.MemoryStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a task has used until now.
 *
 * @param whole of all it ever started, as far as the kernel kept account of it
 * @param processes those alive, by the name of each: pid and start
 */
public record TaskUsage(Reading whole, Map<Process, Reading> processes) {
  /** A process for ever: a pid is used again, together with its start it is not. */
  public record Process(long pid, long startTicks) {}

  /** Of a task that uses nothing. */
  public static TaskUsage none() {
    return new TaskUsage(reading(System.nanoTime(), 0, 0, memory(0, 0)), Map.of());
  }

  /**
   * Looks at a task's processes.
   *
   * @param group what the task's control group says of the whole; without one it is the sum of the
   *     processes and of the children they waited for
   */
  public static TaskUsage of(List<Long> pids, Optional<Reading> group) {
    Map<Process, Reading> processes = new LinkedHashMap<>();
    long user = 0;
    long system = 0;
    long rss = 0;
    long swap = 0;
    long at = System.nanoTime();
    for (long pid : pids) {
      Optional<ProcStat> stat = ProcStat.of(pid);
      if (stat.isEmpty()) {
        continue;
      }
      ProcStat now = stat.get();
      MemoryStats memory = memory(pid);
      processes.put(
          new Process(pid, now.startTicks()),
          reading(System.nanoTime(), now.userTicks(), now.systemTicks(), memory));
      user += now.userTicks() + now.childUserTicks();
      system += now.systemTicks() + now.childSystemTicks();
      rss += memory.getRss();
      swap += memory.getSwap();
    }
    Reading sum = reading(at, user, system, memory(rss, swap));
    return new TaskUsage(group.orElse(sum), processes);
  }

  private static Reading reading(long at, long userTicks, long systemTicks, MemoryStats memory) {
    long user = userTicks * ProcStat.TICK_NANOS;
    long system = systemTicks * ProcStat.TICK_NANOS;
    return new Reading(at, new Cpu(user + system, user, system, 0, 0, Cpu.OF_PROCESSES), memory);
  }

  private static MemoryStats memory(long pid) {
    long rss = 0;
    long swap = 0;
    try {
      for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))) {
        if (line.startsWith("VmRSS:")) {
          rss = kibibytes(line);
        } else if (line.startsWith("VmSwap:")) {
          swap = kibibytes(line);
        }
      }
    } catch (IOException e) {
      // It ended between the two looks: it holds nothing any more.
      return memory(0, 0);
    }
    return memory(rss, swap);
  }

  private static MemoryStats memory(long rss, long swap) {
    return MemoryStats.newBuilder()
        .setRss(rss)
        .setSwap(swap)
        .addMeasured("RSS")
        .addMeasured("Swap")
        .build();
  }

  private static long kibibytes(String line) {
    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
  }
}
