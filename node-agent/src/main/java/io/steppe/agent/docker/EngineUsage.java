package io.steppe.agent.docker;

import io.steppe.agent.stats.Reading;
import io.steppe.agent.stats.Reading.Cpu;
import io.steppe.agent.stats.TaskUsage;
import io.steppe.proto.v1.MemoryStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The engine's statistics of a container as a reading. */
final class EngineUsage {
  private EngineUsage() {}

  static TaskUsage of(Map<String, Object> stats, long at) {
    Map<String, Object> cpu = Fields.object(stats, "cpu_stats");
    Map<String, Object> usage = Fields.object(cpu, "cpu_usage");
    Map<String, Object> throttled = Fields.object(cpu, "throttling_data");
    return new TaskUsage(
        new Reading(
            at,
            new Cpu(
                Fields.number(usage, "total_usage"),
                Fields.number(usage, "usage_in_usermode"),
                Fields.number(usage, "usage_in_kernelmode"),
                Fields.number(throttled, "throttled_periods"),
                Fields.number(throttled, "throttled_time"),
                Cpu.OF_GROUPS),
            memory(Fields.object(stats, "memory_stats"))),
        Map.of());
  }

  /** Kinds of memory have other names on cgroups of version 2. */
  private static MemoryStats memory(Map<String, Object> memory) {
    Map<String, Object> kinds = Fields.object(memory, "stats");
    boolean two = kinds.containsKey("anon");
    return MemoryStats.newBuilder()
        .setRss(Fields.number(kinds, two ? "anon" : "rss"))
        .setCache(Fields.number(kinds, two ? "file" : "cache"))
        .setSwap(Fields.number(kinds, "swap"))
        .setMappedFile(Fields.number(kinds, two ? "file_mapped" : "mapped_file"))
        .setUsage(Fields.number(memory, "usage"))
        .setMaxUsage(Fields.number(memory, "max_usage"))
        .addAllMeasured(measured(memory, kinds))
        .build();
  }

  private static List<String> measured(Map<String, Object> memory, Map<String, Object> kinds) {
    List<String> measured = new ArrayList<>(List.of("Usage"));
    if (!kinds.isEmpty()) {
      measured.addAll(List.of("RSS", "Cache", "Swap", "Mapped File"));
    }
    if (memory.containsKey("max_usage")) {
      measured.add("Max Usage");
    }
    return measured;
  }
}
