package io.steppe.agent.stats;

import io.steppe.proto.v1.CpuStats;
import io.steppe.proto.v1.MemoryStats;
import io.steppe.proto.v1.ResourceUsage;
import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Two readings make a usage; usages make a sum. */
final class Usages {
  private Usages() {}

  /**
   * What was used between two readings. Percents are of one core.
   *
   * @param coreMhz speed of a core, for ticks
   */
  static ResourceUsage between(Reading earlier, Reading now, double coreMhz) {
    double nanos = Math.max(1, now.at() - earlier.at());
    double percent = percent(now.cpu().total() - earlier.cpu().total(), nanos);
    return ResourceUsage.newBuilder()
        .setMemoryStats(now.memory())
        .setCpuStats(
            CpuStats.newBuilder()
                .setUserMode(percent(now.cpu().user() - earlier.cpu().user(), nanos))
                .setSystemMode(percent(now.cpu().system() - earlier.cpu().system(), nanos))
                .setPercent(percent)
                .setTotalTicks(percent / 100 * coreMhz)
                .setThrottledPeriods(now.cpu().throttledPeriods())
                .setThrottledTime(now.cpu().throttledNanos())
                .addAllMeasured(now.cpu().measured()))
        .build();
  }

  /** A process that ended takes along what nobody waited for: counters may seem to go back. */
  private static double percent(long used, double nanos) {
    return Math.max(0, 100 * used / nanos);
  }

  static ResourceUsage sum(Collection<ResourceUsage> parts) {
    List<CpuStats> cpus = parts.stream().map(ResourceUsage::getCpuStats).toList();
    List<MemoryStats> memories = parts.stream().map(ResourceUsage::getMemoryStats).toList();
    return ResourceUsage.newBuilder()
        .setCpuStats(
            CpuStats.newBuilder()
                .setUserMode(total(cpus, CpuStats::getUserMode))
                .setSystemMode(total(cpus, CpuStats::getSystemMode))
                .setPercent(total(cpus, CpuStats::getPercent))
                .setTotalTicks(total(cpus, CpuStats::getTotalTicks))
                .setThrottledPeriods(count(cpus, CpuStats::getThrottledPeriods))
                .setThrottledTime(count(cpus, CpuStats::getThrottledTime))
                .addAllMeasured(
                    cpus.stream()
                        .flatMap(cpu -> cpu.getMeasuredList().stream())
                        .distinct()
                        .toList()))
        .setMemoryStats(
            MemoryStats.newBuilder()
                .setRss(count(memories, MemoryStats::getRss))
                .setCache(count(memories, MemoryStats::getCache))
                .setSwap(count(memories, MemoryStats::getSwap))
                .setMappedFile(count(memories, MemoryStats::getMappedFile))
                .setUsage(count(memories, MemoryStats::getUsage))
                .setMaxUsage(count(memories, MemoryStats::getMaxUsage))
                .setKernelUsage(count(memories, MemoryStats::getKernelUsage))
                .setKernelMaxUsage(count(memories, MemoryStats::getKernelMaxUsage))
                .addAllMeasured(
                    memories.stream()
                        .flatMap(memory -> memory.getMeasuredList().stream())
                        .distinct()
                        .toList()))
        .build();
  }

  private static <T> double total(List<T> parts, ToDoubleFunction<T> value) {
    return parts.stream().mapToDouble(value).sum();
  }

  private static <T> long count(List<T> parts, ToLongFunction<T> value) {
    return parts.stream().mapToLong(value).sum();
  }
}
