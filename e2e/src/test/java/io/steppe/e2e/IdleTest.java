package io.steppe.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A cluster that has nothing to do leaves the machine alone, once it has warmed up. */
@EnabledOnOs(OS.LINUX)
class IdleTest {
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(120);
  private static final Duration MEASURE = Duration.ofSeconds(20);
  private static final double TICKS_A_SECOND = 100;

  @Test
  void usesLessThanAFewPercentOfOneCore() throws Exception {
    try (LocalCluster cluster = LocalCluster.start("--name", "idle")) {
      Wait.until(
          SETTLES_WITHIN,
          "a quiet cluster, by the share of one core that it uses",
          () -> share(cluster),
          share -> share < 0.05);
    }
  }

  /** A measurement takes its time: there is no condition to wait for. */
  private static double share(LocalCluster cluster) throws Exception {
    double before = cpuSeconds(cluster);
    TimeUnit.NANOSECONDS.sleep(MEASURE.toNanos());
    return (cpuSeconds(cluster) - before) / MEASURE.toSeconds();
  }

  /** CPU time of all processes of the cluster, PostgreSQL's children included. */
  private static double cpuSeconds(LocalCluster cluster) throws IOException, InterruptedException {
    double ticks = 0;
    for (LocalCluster.Running process : cluster.ps()) {
      ticks += ticks(process.pid());
      if (process.name().equals("postgresql")) {
        for (ProcessHandle child :
            ProcessHandle.of(process.pid()).orElseThrow().children().toList()) {
          ticks += ticks(child.pid());
        }
      }
    }
    return ticks / TICKS_A_SECOND;
  }

  private static double ticks(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}
