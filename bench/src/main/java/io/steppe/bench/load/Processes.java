package io.steppe.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The processes of a cluster, as {@code ./steppe ps} lists them, and what they cost, from {@code
 * /proc}.
 */
public final class Processes {
  private static final Path PROC = Path.of("/proc");
  private static final double TICKS_PER_SECOND = 100;
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  private final List<Listed> listed;

  private Processes(List<Listed> listed) {
    this.listed = listed;
  }

  /** A line of {@code ./steppe ps}. */
  private record Listed(String name, long pid) {}

  /**
   * What a process costs.
   *
   * @param memoryMib MiB of its own, shared pages divided among those that share them
   * @param cpuSeconds since it began
   */
  public record Cost(double memoryMib, double cpuSeconds) {
    Cost plus(Cost other) {
      return new Cost(memoryMib + other.memoryMib, cpuSeconds + other.cpuSeconds);
    }
  }

  /**
   * Reads lines of name, replica, pid and ports, with tabs between.
   *
   * @throws IOException if the file can't be read
   */
  public static Processes in(Path file) throws IOException {
    List<Listed> listed = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] fields = line.split("\t", -1);
      if (fields.length >= 3 && fields[2].matches("\\d+")) {
        String name = fields[1].matches("\\d+") ? fields[0] + "-" + fields[1] : fields[1];
        listed.add(new Listed(name.isEmpty() ? fields[0] : name, Long.parseLong(fields[2])));
      }
    }
    return new Processes(listed);
  }

  /** Costs now, by name; PostgreSQL with all its backends, an agent without its tasks. */
  public Map<String, Cost> costs() throws IOException {
    Map<String, Cost> costs = new LinkedHashMap<>();
    for (Listed one : listed) {
      Cost cost = cost(one.pid());
      if (one.name().startsWith("postgres")) {
        for (ProcessHandle child :
            ProcessHandle.of(one.pid()).stream().flatMap(ProcessHandle::descendants).toList()) {
          cost = cost.plus(cost(child.pid()));
        }
      }
      costs.merge(one.name(), cost, Cost::plus);
    }
    return costs;
  }

  /** Percent of one core that each process used between two samples. */
  public static Map<String, Double> cpuPercent(
      Map<String, Cost> before, Map<String, Cost> after, Duration between) {
    Map<String, Double> percent = new LinkedHashMap<>();
    after.forEach(
        (name, cost) -> {
          double used = cost.cpuSeconds() - before.getOrDefault(name, new Cost(0, 0)).cpuSeconds();
          percent.put(name, 100 * used / (between.toNanos() / 1e9));
        });
    return percent;
  }

  /** A process that is gone costs nothing. */
  private static Cost cost(long pid) throws IOException {
    Path process = PROC.resolve(String.valueOf(pid));
    if (!Files.isDirectory(process)) {
      return new Cost(0, 0);
    }
    String stat = Files.readString(process.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    double ticks =
        Double.parseDouble(fields[USER_TICKS]) + Double.parseDouble(fields[SYSTEM_TICKS]);
    return new Cost(memory(process), ticks / TICKS_PER_SECOND);
  }

  private static double memory(Path process) throws IOException {
    try (Stream<String> lines = Files.lines(process.resolve("smaps_rollup"))) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D+", "")) / 1024)
          .sum();
    }
  }
}
