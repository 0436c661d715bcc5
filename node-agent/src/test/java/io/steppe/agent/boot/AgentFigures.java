package io.steppe.agent.boot;

import io.steppe.agent.stats.ProcStat;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.LogConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Figures of an agent process: how soon tasks run, how fast logs are copied, what it costs when
 * nothing happens.
 */
public final class AgentFigures {
  private static final int STARTS = 100;
  private static final int MIB = 1024;

  private AgentFigures() {}

  /** Seconds to look at an idle agent. Needs the module packaged. */
  public static void main(String[] args) throws Exception {
    int seconds = Integer.parseInt(args[0]);
    Path data = Files.createTempDirectory("agent-figures");
    try (ControlPlane control = new ControlPlane(0)) {
      Process process = start(data, control.port());
      try {
        control.awaitRegistrations(1);
        starts(control);
        copies(control);
        List<Allocation> running = new ArrayList<>();
        idle(control, process.pid(), 0, running, seconds);
        idle(control, process.pid(), 50, running, seconds);
        idle(control, process.pid(), 300, running, seconds);
        for (Allocation one : running) {
          control.stop(one);
        }
        for (Allocation one : running) {
          control.awaitStatus(one.getId(), "complete");
        }
      } finally {
        process.destroy();
        process.waitFor();
      }
    }
    System.exit(0);
  }

  private static Process start(Path data, int port) throws Exception {
    Path module =
        Path.of(AgentFigures.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .getParent()
            .getParent();
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms24m",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Dquarkus.http.port=0",
            "-Dsteppe.agent.data-dir=" + data,
            "-Dsteppe.agent.servers=127.0.0.1:" + port,
            "-jar",
            module.resolve("target/quarkus-app/quarkus-run.jar").toString());
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void starts(ControlPlane control) {
    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      Allocation allocation = Jobs.allocation("batch", Jobs.shell("work", "sleep 0.2")).build();
      long before = System.nanoTime();
      control.send(allocation);
      control.awaitReport(allocation.getId(), report -> report.getClientStatus().equals("running"));
      micros.add((System.nanoTime() - before) / 1_000);
      control.awaitStatus(allocation.getId(), "complete");
    }
    List<Long> sorted = micros.stream().sorted().toList();
    System.out.printf(
        "sent to reported running, %d raw_exec tasks one after another: median %.1f ms, 99th %.1f ms, first %.1f ms%n",
        STARTS, sorted.get(STARTS / 2) / 1e3, sorted.get(STARTS - 2) / 1e3, micros.get(0) / 1e3);

    List<Allocation> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(Jobs.allocation("batch", Jobs.shell("work", "sleep 20")).build());
    }
    long before = System.nanoTime();
    all.forEach(control::send);
    all.forEach(one -> control.awaitStatus(one.getId(), "running"));
    System.out.printf(
        "100 raw_exec tasks at once: all reported running after %.0f ms%n",
        (System.nanoTime() - before) / 1e6);
    all.forEach(control::stop);
    all.forEach(one -> control.awaitStatus(one.getId(), "complete"));
  }

  private static void copies(ControlPlane control) {
    Allocation allocation =
        Jobs.allocation(
                "batch",
                Jobs.shell("work", "exec dd if=/dev/zero bs=1M count=" + MIB)
                    .setLogConfig(LogConfig.newBuilder().setMaxFiles(10).setMaxFileSizeMb(10)))
            .build();
    long before = System.nanoTime();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "complete");
    double took = (System.nanoTime() - before) / 1e9;
    System.out.printf(
        "a task that writes %d MiB: written, copied and reported in %.2f s, %.0f MiB/s%n",
        MIB, took, MIB / took);
  }

  private static void idle(
      ControlPlane control, long pid, int tasks, List<Allocation> running, int seconds)
      throws Exception {
    while (running.size() < tasks) {
      Allocation one = Jobs.allocation("service", Jobs.shell("web", "exec sleep 100000")).build();
      control.send(one);
      running.add(one);
    }
    for (Allocation one : running) {
      control.awaitStatus(one.getId(), "running");
    }
    LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
    long before = ticks(pid);
    LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
    double percent = (ticks(pid) - before) * 1.0 / seconds;
    System.out.printf(
        "%d tasks: %.2f %% of a core, %s, %s%n",
        tasks, percent, status(pid, "VmRSS"), status(pid, "Threads"));
  }

  private static long ticks(long pid) {
    ProcStat stat = ProcStat.of(pid).orElseThrow();
    return stat.userTicks() + stat.systemTicks();
  }

  private static String status(long pid, String key) throws Exception {
    return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
        .filter(line -> line.startsWith(key + ":"))
        .map(line -> line.replaceAll("\\s+", " "))
        .findFirst()
        .orElse("");
  }
}
