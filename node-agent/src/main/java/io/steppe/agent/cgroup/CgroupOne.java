package io.steppe.agent.cgroup;

import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.stats.Reading;
import io.steppe.agent.stats.Reading.Cpu;
import io.steppe.proto.v1.MemoryStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A group of version 1: one folder a controller, and one in the unified tree where there is one.
 */
record CgroupOne(Map<String, Path> folders, Optional<Path> unified) implements Cgroup {
  private static final long PERIOD_MICROS = 100_000;

  @Override
  public void make(CgroupLimits limits) throws IOException {
    for (Path folder : all()) {
      Files.createDirectories(folder);
    }
    if (limits.cpuShares() > 0) {
      write("cpu", "cpu.shares", Math.max(2, limits.cpuShares()));
    }
    if (limits.cpuQuota() > 0) {
      write("cpu", "cpu.cfs_period_us", PERIOD_MICROS);
      write(
          "cpu",
          "cpu.cfs_quota_us",
          Math.max(1_000, Math.round(limits.cpuQuota() * PERIOD_MICROS)));
    }
    if (limits.memoryMax() > 0) {
      write("memory", "memory.limit_in_bytes", limits.memoryMax());
      CgroupFiles.tryWrite(
          folders.get("memory").resolve("memory.memsw.limit_in_bytes"), limits.memoryMax());
    }
    if (limits.memoryReserved() > 0) {
      write("memory", "memory.soft_limit_in_bytes", limits.memoryReserved());
    }
    if (limits.pids() > 0) {
      write("pids", "pids.max", limits.pids());
    }
    if (folders.containsKey("cpuset")) {
      Path parent = folders.get("cpuset").getParent();
      write("cpuset", "cpuset.mems", Files.readString(parent.resolve("cpuset.mems")));
      write(
          "cpuset",
          "cpuset.cpus",
          limits.cores().isEmpty()
              ? Files.readString(parent.resolve("cpuset.cpus"))
              : CgroupFiles.list(limits.cores()));
    }
  }

  private void write(String controller, String file, Object value) throws IOException {
    Path folder = folders.get(controller);
    if (folder != null) {
      CgroupFiles.write(folder.resolve(file), value);
    }
  }

  private List<Path> all() {
    return Stream.concat(folders.values().stream(), unified.stream()).distinct().toList();
  }

  /** One folder that holds all its processes. */
  private Path main() {
    return folders.getOrDefault("pids", Path.of("/nowhere"));
  }

  @Override
  public boolean exists() {
    return Files.isDirectory(main());
  }

  @Override
  public List<Path> entrances() {
    return all().stream().map(folder -> folder.resolve("cgroup.procs")).toList();
  }

  @Override
  public List<Long> processes() {
    return CgroupFiles.processes(main());
  }

  @Override
  public void kill() throws IOException {
    Optional<Path> atOnce =
        unified.map(folder -> folder.resolve("cgroup.kill")).filter(Files::exists);
    if (atOnce.isPresent()) {
      CgroupFiles.write(atOnce.get(), 1);
    }
    if (exists()) {
      CgroupFiles.killEach(main());
    }
  }

  @Override
  public void remove() {
    all().forEach(CgroupFiles::remove);
  }

  @Override
  public Optional<Reading> reading() {
    long at = System.nanoTime();
    Path accounts = folders.getOrDefault("cpuacct", Path.of("/nowhere"));
    OptionalLong total = CgroupFiles.number(accounts.resolve("cpuacct.usage"));
    if (total.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Long> modes = CgroupFiles.table(accounts.resolve("cpuacct.stat"));
    Map<String, Long> throttled =
        CgroupFiles.table(folders.getOrDefault("cpu", accounts).resolve("cpu.stat"));
    return Optional.of(
        new Reading(
            at,
            new Cpu(
                total.getAsLong(),
                modes.getOrDefault("user", 0L) * ProcStat.TICK_NANOS,
                modes.getOrDefault("system", 0L) * ProcStat.TICK_NANOS,
                throttled.getOrDefault("nr_throttled", 0L),
                throttled.getOrDefault("throttled_time", 0L),
                Cpu.OF_GROUPS),
            memory()));
  }

  private MemoryStats memory() {
    Path folder = folders.getOrDefault("memory", Path.of("/nowhere"));
    Map<String, Long> kinds = CgroupFiles.table(folder.resolve("memory.stat"));
    return MemoryStats.newBuilder()
        .setRss(kinds.getOrDefault("total_rss", 0L))
        .setCache(kinds.getOrDefault("total_cache", 0L))
        .setSwap(kinds.getOrDefault("total_swap", 0L))
        .setMappedFile(kinds.getOrDefault("total_mapped_file", 0L))
        .setUsage(CgroupFiles.number(folder.resolve("memory.usage_in_bytes")).orElse(0))
        .setMaxUsage(CgroupFiles.number(folder.resolve("memory.max_usage_in_bytes")).orElse(0))
        .setKernelUsage(CgroupFiles.number(folder.resolve("memory.kmem.usage_in_bytes")).orElse(0))
        .setKernelMaxUsage(
            CgroupFiles.number(folder.resolve("memory.kmem.max_usage_in_bytes")).orElse(0))
        .addAllMeasured(
            List.of(
                "RSS",
                "Cache",
                "Swap",
                "Mapped File",
                "Usage",
                "Max Usage",
                "Kernel Usage",
                "Kernel Max Usage"))
        .build();
  }

  @Override
  public boolean outOfMemory() {
    Path folder = folders.getOrDefault("memory", Path.of("/nowhere"));
    return CgroupFiles.table(folder.resolve("memory.oom_control")).getOrDefault("oom_kill", 0L) > 0;
  }
}
