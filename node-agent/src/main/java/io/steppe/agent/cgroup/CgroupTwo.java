package io.steppe.agent.cgroup;

import io.steppe.agent.stats.Reading;
import io.steppe.agent.stats.Reading.Cpu;
import io.steppe.proto.v1.MemoryStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A group of version 2. */
record CgroupTwo(Path folder) implements Cgroup {
  private static final long PERIOD_MICROS = 100_000;

  @Override
  public void make(CgroupLimits limits) throws IOException {
    Files.createDirectories(folder);
    if (limits.cpuShares() > 0) {
      CgroupFiles.write(folder.resolve("cpu.weight"), weight(limits.cpuShares()));
    }
    if (limits.cpuQuota() > 0) {
      long quota = Math.max(1_000, Math.round(limits.cpuQuota() * PERIOD_MICROS));
      CgroupFiles.write(folder.resolve("cpu.max"), quota + " " + PERIOD_MICROS);
    }
    if (limits.memoryMax() > 0) {
      CgroupFiles.write(folder.resolve("memory.max"), limits.memoryMax());
      CgroupFiles.tryWrite(folder.resolve("memory.swap.max"), 0);
    }
    if (limits.memoryReserved() > 0) {
      CgroupFiles.write(folder.resolve("memory.low"), limits.memoryReserved());
    }
    if (limits.pids() > 0) {
      CgroupFiles.write(folder.resolve("pids.max"), limits.pids());
    }
    if (!limits.cores().isEmpty()) {
      CgroupFiles.write(folder.resolve("cpuset.cpus"), CgroupFiles.list(limits.cores()));
    }
  }

  /** Shares from 2 to 262144 as weights from 1 to 10000, as the kernel's documents map them. */
  static long weight(long shares) {
    return 1 + (Math.clamp(shares, 2L, 262_144L) - 2) * 9_999 / 262_142;
  }

  @Override
  public boolean exists() {
    return Files.isDirectory(folder);
  }

  @Override
  public List<Path> entrances() {
    return List.of(folder.resolve("cgroup.procs"));
  }

  @Override
  public List<Long> processes() {
    return CgroupFiles.processes(folder);
  }

  @Override
  public void kill() throws IOException {
    Path all = folder.resolve("cgroup.kill");
    if (Files.exists(all)) {
      CgroupFiles.write(all, 1);
    } else if (exists()) {
      CgroupFiles.killEach(folder);
    }
  }

  @Override
  public void remove() {
    CgroupFiles.remove(folder);
  }

  @Override
  public Optional<Reading> reading() {
    long at = System.nanoTime();
    Map<String, Long> cpu = CgroupFiles.table(folder.resolve("cpu.stat"));
    if (!cpu.containsKey("usage_usec")) {
      return Optional.empty();
    }
    return Optional.of(
        new Reading(
            at,
            new Cpu(
                cpu.get("usage_usec") * 1_000,
                cpu.getOrDefault("user_usec", 0L) * 1_000,
                cpu.getOrDefault("system_usec", 0L) * 1_000,
                cpu.getOrDefault("nr_throttled", 0L),
                cpu.getOrDefault("throttled_usec", 0L) * 1_000,
                Cpu.OF_GROUPS),
            memory()));
  }

  private MemoryStats memory() {
    Map<String, Long> kinds = CgroupFiles.table(folder.resolve("memory.stat"));
    var memory =
        MemoryStats.newBuilder()
            .setRss(kinds.getOrDefault("anon", 0L))
            .setCache(kinds.getOrDefault("file", 0L))
            .setMappedFile(kinds.getOrDefault("file_mapped", 0L))
            .setKernelUsage(kinds.getOrDefault("kernel", 0L))
            .setSwap(CgroupFiles.number(folder.resolve("memory.swap.current")).orElse(0))
            .setUsage(CgroupFiles.number(folder.resolve("memory.current")).orElse(0))
            .addAllMeasured(List.of("RSS", "Cache", "Swap", "Mapped File", "Usage"));
    if (kinds.containsKey("kernel")) {
      memory.addMeasured("Kernel Usage");
    }
    CgroupFiles.number(folder.resolve("memory.peak"))
        .ifPresent(peak -> memory.setMaxUsage(peak).addMeasured("Max Usage"));
    return memory.build();
  }

  @Override
  public boolean outOfMemory() {
    return CgroupFiles.table(folder.resolve("memory.events")).getOrDefault("oom_kill", 0L) > 0;
  }
}
