package io.steppe.agent.stats;

import io.steppe.proto.v1.MemoryStats;
import java.util.List;

/**
 * What a task, or a process, has used until a moment, as the kernel counts it.
 *
 * @param at {@link System#nanoTime}
 */
public record Reading(long at, Cpu cpu, MemoryStats memory) {
  /**
   * Processor time since the beginning, in nanoseconds.
   *
   * @param total at least as exact as user and system together
   * @param measured what of all this is known, in the words of the API
   */
  public record Cpu(
      long total,
      long user,
      long system,
      long throttledPeriods,
      long throttledNanos,
      List<String> measured) {
    public static final List<String> OF_PROCESSES = List.of("System Mode", "User Mode", "Percent");
    public static final List<String> OF_GROUPS =
        List.of("System Mode", "User Mode", "Percent", "Throttled Periods", "Throttled Time");
  }
}
