package io.steppe.agent.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a process has used until a moment.
 *
 * @param at {@link System#nanoTime}
 * @param userTicks processor time in ticks of 10 ms
 * @param rss resident bytes
 * @param swap swapped bytes
 */
record ProcessUsage(
    long at, long startTicks, long userTicks, long systemTicks, long rss, long swap) {
  static Optional<ProcessUsage> of(long pid) {
    Optional<ProcStat> stat = ProcStat.of(pid);
    if (stat.isEmpty()) {
      return Optional.empty();
    }
    try {
      var lines = Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"));
      long rss = 0;
      long swap = 0;
      for (String line : lines) {
        if (line.startsWith("VmRSS:")) {
          rss = kibibytes(line);
        } else if (line.startsWith("VmSwap:")) {
          swap = kibibytes(line);
        }
      }
      ProcStat now = stat.get();
      return Optional.of(
          new ProcessUsage(
              System.nanoTime(), now.startTicks(), now.userTicks(), now.systemTicks(), rss, swap));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static long kibibytes(String line) {
    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
  }
}
