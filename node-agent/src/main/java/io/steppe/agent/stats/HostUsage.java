package io.steppe.agent.stats;

import io.steppe.proto.v1.HostCpuStats;
import io.steppe.proto.v1.HostDiskStats;
import io.steppe.proto.v1.HostMemoryStats;
import io.steppe.proto.v1.HostStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** What the machine uses, read when it is asked for. */
public final class HostUsage {
  private static final Logger LOG = Logger.getLogger(HostUsage.class);

  /** Clock ticks are 10 ms: over half a second they are exact to 2 %. */
  private static final Duration MOMENT = Duration.ofMillis(500);

  private static final Duration LONG_AGO = Duration.ofSeconds(60);
  private static final long COMMAND_SECONDS = 5;

  /** Ticks of a core since boot. */
  private record Core(long user, long system, long idle, long total) {}

  private record Sample(long at, Map<String, Core> cores) {}

  private final Path allocations;
  private final InstantSource clock;
  private final double coreMhz;
  private Sample before = new Sample(Long.MIN_VALUE / 2, Map.of());

  /**
   * @param allocations the folder tasks write to
   * @param coreMhz speed of a core, for ticks
   */
  public HostUsage(Path allocations, InstantSource clock, double coreMhz) {
    this.allocations = allocations;
    this.clock = clock;
    this.coreMhz = coreMhz;
  }

  public synchronized HostStats now() throws InterruptedException {
    Sample now = sample();
    long age = now.at() - before.at();
    if (before.cores().isEmpty() || age < MOMENT.toNanos() || age > LONG_AGO.toNanos()) {
      before = now;
      Thread.sleep(MOMENT);
      now = sample();
    }
    List<HostCpuStats> cores = cores(before, now);
    before = now;
    var at = clock.instant();
    return HostStats.newBuilder()
        .addAllCpu(cores)
        .setCpuTicksConsumed(cores.stream().mapToDouble(HostCpuStats::getTotalTicks).sum())
        .setMemory(memory())
        .addAllDiskStats(disks())
        .setAllocDirStats(disk(allocations, "", ""))
        .setTimestamp(at.getEpochSecond() * 1_000_000_000L + at.getNano())
        .setUptime((long) Double.parseDouble(text("/proc/uptime").split(" ")[0]))
        .build();
  }

  private List<HostCpuStats> cores(Sample earlier, Sample now) {
    List<HostCpuStats> stats = new ArrayList<>();
    now.cores()
        .forEach(
            (name, core) -> {
              Core first = earlier.cores().getOrDefault(name, core);
              double total = Math.max(1, core.total() - first.total());
              double idle = 100 * (core.idle() - first.idle()) / total;
              stats.add(
                  HostCpuStats.newBuilder()
                      .setCpu(name)
                      .setUser(100 * (core.user() - first.user()) / total)
                      .setSystem(100 * (core.system() - first.system()) / total)
                      .setIdle(idle)
                      .setTotalPercent(100 - idle)
                      .setTotalTicks((100 - idle) / 100 * coreMhz)
                      .build());
            });
    return stats;
  }

  private static Sample sample() {
    Map<String, Core> cores = new LinkedHashMap<>();
    for (String line : text("/proc/stat").split("\n")) {
      String[] fields = line.split("\\s+");
      if (fields[0].length() > 3 && fields[0].startsWith("cpu") && fields.length > 8) {
        long[] ticks = Arrays.stream(fields, 1, 9).mapToLong(Long::parseLong).toArray();
        cores.put(
            fields[0],
            new Core(
                ticks[0] + ticks[1], ticks[2], ticks[3] + ticks[4], Arrays.stream(ticks).sum()));
      }
    }
    return new Sample(System.nanoTime(), cores);
  }

  private static HostMemoryStats memory() {
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (String line : text("/proc/meminfo").split("\n")) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        bytes.put(
            line.substring(0, colon),
            Long.parseLong(line.substring(colon).replaceAll("\\D", "")) << 10);
      }
    }
    long total = bytes.getOrDefault("MemTotal", 0L);
    long free = bytes.getOrDefault("MemFree", 0L);
    long caches =
        bytes.getOrDefault("Buffers", 0L)
            + bytes.getOrDefault("Cached", 0L)
            + bytes.getOrDefault("SReclaimable", 0L);
    return HostMemoryStats.newBuilder()
        .setTotal(total)
        .setFree(free)
        .setAvailable(bytes.getOrDefault("MemAvailable", free))
        .setUsed(Math.max(0, total - free - caches))
        .build();
  }

  /** File systems on devices, each device once. */
  private static List<HostDiskStats> disks() {
    Map<String, HostDiskStats> byDevice = new LinkedHashMap<>();
    for (String line : text("/proc/self/mounts").split("\n")) {
      String[] fields = line.split(" ");
      if (fields.length > 1 && fields[0].startsWith("/dev/") && !byDevice.containsKey(fields[0])) {
        String mountpoint = fields[1].replace("\\040", " ");
        byDevice.put(fields[0], disk(Path.of(mountpoint), fields[0], mountpoint));
      }
    }
    return List.copyOf(byDevice.values());
  }

  /** The file system the allocations are on. */
  public HostDiskStats allocationDisk() {
    return disk(allocations, "", "");
  }

  private static HostDiskStats disk(Path path, String device, String mountpoint) {
    try {
      FileStore store = Files.getFileStore(path);
      long size = store.getTotalSpace();
      long used = size - store.getUnallocatedSpace();
      long available = store.getUsableSpace();
      return HostDiskStats.newBuilder()
          .setDevice(device)
          .setMountpoint(mountpoint)
          .setSize(size)
          .setUsed(used)
          .setAvailable(available)
          .setUsedPercent(used + available == 0 ? 0 : 100.0 * used / (used + available))
          .setInodesUsedPercent(inodesUsed(path))
          .build();
    } catch (IOException e) {
      LOG.debugf(e, "%s can't be measured", path);
      return HostDiskStats.newBuilder().setDevice(device).setMountpoint(mountpoint).build();
    }
  }

  private static double inodesUsed(Path path) {
    try {
      Process process =
          new ProcessBuilder("stat", "-f", "-c", "%c %d", path.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String[] counts =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .strip()
              .split(" ");
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || counts.length != 2) {
        return 0;
      }
      double all = Double.parseDouble(counts[0]);
      return all == 0 ? 0 : 100 * (all - Double.parseDouble(counts[1])) / all;
    } catch (IOException | NumberFormatException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
