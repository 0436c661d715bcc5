package io.steppe.agent.fingerprint;

import io.steppe.proto.v1.NodeCore;
import io.steppe.proto.v1.NodeTopology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processors of the machine.
 *
 * @param speedMhz of each core
 */
record Processors(List<NodeCore> cores, String model, String architecture, long speedMhz) {
  private static final long UNKNOWN_MHZ = 1_000;

  /** Reads them from {@code /proc} and {@code /sys} beneath a root. */
  static Processors read(HostFiles files) {
    List<String> lines = files.lines("proc/cpuinfo");
    String model = value(lines, "model name").or(() -> value(lines, "Model")).orElse("");
    List<Integer> ids = online(files);
    List<NodeCore> cores = new ArrayList<>();
    for (int id : ids) {
      Path cpu = Path.of("sys/devices/system/cpu/cpu" + id);
      long base = mhz(files, cpu, "cpufreq/base_frequency");
      long max = mhz(files, cpu, "cpufreq/cpuinfo_max_freq");
      long guess = base == 0 && max == 0 ? guess(lines) : 0;
      cores.add(
          NodeCore.newBuilder()
              .setId(id)
              .setBaseSpeed(base)
              .setMaxSpeed(max)
              .setGuessSpeed(guess)
              .setGrade(true)
              .setSocketId(
                  files.number(cpu.resolve("topology/physical_package_id").toString()).orElse(0L))
              .build());
    }
    long speed = cores.stream().mapToLong(Processors::speed).max().orElse(UNKNOWN_MHZ);
    return new Processors(cores, model, machine(), speed);
  }

  /** Base speed where it is known, else the highest, else a guess. */
  static long speed(NodeCore core) {
    if (core.getBaseSpeed() > 0) {
      return core.getBaseSpeed();
    }
    return core.getMaxSpeed() > 0 ? core.getMaxSpeed() : core.getGuessSpeed();
  }

  long totalCompute() {
    return cores.stream().mapToLong(Processors::speed).sum();
  }

  NodeTopology topology(long override) {
    return NodeTopology.newBuilder()
        .addAllCores(cores)
        .addNodes(0)
        .setOverrideTotalCompute(override)
        .build();
  }

  /** {@code 0-1}, {@code 0,2-3}: ranges of core ids. */
  String ranges() {
    List<String> ranges = new ArrayList<>();
    int first = 0;
    for (int i = 1; i <= cores.size(); i++) {
      if (i == cores.size() || cores.get(i).getId() != cores.get(i - 1).getId() + 1) {
        long from = cores.get(first).getId();
        long to = cores.get(i - 1).getId();
        ranges.add(from == to ? String.valueOf(from) : from + "-" + to);
        first = i;
      }
    }
    return String.join(",", ranges);
  }

  private static List<Integer> online(HostFiles files) {
    List<Integer> ids = new ArrayList<>();
    for (String range : files.text("sys/devices/system/cpu/online").orElse("").split(",")) {
      String[] ends = range.strip().split("-");
      if (!ends[0].isEmpty()) {
        for (int id = Integer.parseInt(ends[0]);
            id <= Integer.parseInt(ends[ends.length - 1]);
            id++) {
          ids.add(id);
        }
      }
    }
    if (ids.isEmpty()) {
      for (int id = 0; id < Runtime.getRuntime().availableProcessors(); id++) {
        ids.add(id);
      }
    }
    return ids;
  }

  private static long mhz(HostFiles files, Path cpu, String file) {
    return files.number(cpu.resolve(file).toString()).orElse(0L) / 1_000;
  }

  private static long guess(List<String> lines) {
    return value(lines, "cpu MHz")
        .map(text -> (long) Double.parseDouble(text))
        .filter(mhz -> mhz > 0)
        .orElse(UNKNOWN_MHZ);
  }

  private static Optional<String> value(List<String> lines, String key) {
    return lines.stream()
        .filter(
            line ->
                line.startsWith(key)
                    && line.contains(":")
                    && line.substring(0, line.indexOf(':')).strip().equals(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }

  private static String machine() {
    return switch (System.getProperty("os.arch")) {
      case "x86_64", "amd64" -> "amd64";
      case "aarch64" -> "arm64";
      case String other -> other;
    };
  }
}
