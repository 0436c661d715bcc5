package io.steppe.agent.stats;

import com.google.protobuf.ByteString;
import io.steppe.agent.alloc.AllocRunner;
import io.steppe.proto.v1.AllocResourceUsage;
import io.steppe.proto.v1.CpuStats;
import io.steppe.proto.v1.MemoryStats;
import io.steppe.proto.v1.ResourceUsage;
import io.steppe.proto.v1.TaskResourceUsage;
import io.steppe.rpc.Failure;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What the processes of an allocation use, read from {@code /proc} when it is asked for. Percents
 * are of one core, since the last time somebody asked, or over a moment if that is long ago.
 */
public final class AllocUsage {
  private static final Duration MOMENT = Duration.ofMillis(200);
  private static final Duration LONG_AGO = Duration.ofSeconds(30);
  private static final Duration BUSY = Duration.ofSeconds(10);
  private static final double TICK_NANOS = 10_000_000;

  /** Processes remembered from the last time; more are forgotten all at once. */
  private static final int REMEMBERED = 10_000;

  private final InstantSource clock;
  private final double coreMhz;
  private final Map<Long, ProcessUsage> before = new ConcurrentHashMap<>();

  /**
   * @param coreMhz speed of a core, for ticks
   */
  public AllocUsage(InstantSource clock, double coreMhz) {
    this.clock = clock;
    this.coreMhz = coreMhz;
  }

  /**
   * @param task only this one; all when empty
   */
  public AllocResourceUsage of(AllocRunner allocation, String task) throws InterruptedException {
    Map<String, List<Long>> processes = new HashMap<>(processes(allocation));
    if (!task.isEmpty()) {
      if (!allocation.report().containsTaskStates(task)) {
        throw Failure.notFound("unknown task name \"" + task + "\"");
      }
      processes.keySet().retainAll(List.of(task));
    }
    remember(processes.values());
    var now = clock.instant();
    long timestamp = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    var usage = AllocResourceUsage.newBuilder().setTimestamp(timestamp);
    processes.forEach((name, pids) -> usage.putTasks(name, task(pids, timestamp)));
    ResourceUsage sum =
        sum(
            usage.getTasksMap().values().stream()
                .map(TaskResourceUsage::getResourceUsage)
                .toList());
    return usage
        .setResourceUsage(sum.toBuilder().setDeviceStats(ByteString.copyFromUtf8("[]")))
        .build();
  }

  private static Map<String, List<Long>> processes(AllocRunner allocation)
      throws InterruptedException {
    try {
      return allocation.processes().get(BUSY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw Failure.unavailable("the allocation is busy");
    }
  }

  /** Makes sure that there is an earlier look at each process to compare with. */
  private void remember(Collection<List<Long>> processes) throws InterruptedException {
    if (before.size() > REMEMBERED) {
      before.clear();
    }
    boolean fresh = false;
    for (List<Long> pids : processes) {
      for (long pid : pids) {
        Optional<ProcessUsage> now = ProcessUsage.of(pid);
        ProcessUsage earlier = before.get(pid);
        if (now.isPresent() && !comparable(earlier, now.get())) {
          before.put(pid, now.get());
          fresh = true;
        }
      }
    }
    if (fresh) {
      Thread.sleep(MOMENT);
    }
  }

  private static boolean comparable(ProcessUsage earlier, ProcessUsage now) {
    if (earlier == null || earlier.startTicks() != now.startTicks()) {
      return false;
    }
    long age = now.at() - earlier.at();
    return age >= MOMENT.toNanos() && age <= LONG_AGO.toNanos();
  }

  private TaskResourceUsage task(List<Long> pids, long timestamp) {
    var usage = TaskResourceUsage.newBuilder().setTimestamp(timestamp);
    for (long pid : pids) {
      ProcessUsage.of(pid)
          .ifPresent(now -> usage.putPids(String.valueOf(pid), usage(before.put(pid, now), now)));
    }
    return usage.setResourceUsage(sum(usage.getPidsMap().values())).build();
  }

  private ResourceUsage usage(ProcessUsage earlier, ProcessUsage now) {
    boolean known =
        earlier != null && earlier.startTicks() == now.startTicks() && now.at() > earlier.at();
    double user =
        known ? percent(now.userTicks() - earlier.userTicks(), now.at() - earlier.at()) : 0;
    double system =
        known ? percent(now.systemTicks() - earlier.systemTicks(), now.at() - earlier.at()) : 0;
    return usage(now.rss(), now.swap(), user, system);
  }

  private static double percent(long ticks, long nanos) {
    return 100 * ticks * TICK_NANOS / nanos;
  }

  private ResourceUsage sum(Collection<ResourceUsage> parts) {
    return usage(
        parts.stream().mapToLong(part -> part.getMemoryStats().getRss()).sum(),
        parts.stream().mapToLong(part -> part.getMemoryStats().getSwap()).sum(),
        parts.stream().mapToDouble(part -> part.getCpuStats().getUserMode()).sum(),
        parts.stream().mapToDouble(part -> part.getCpuStats().getSystemMode()).sum());
  }

  private ResourceUsage usage(long rss, long swap, double user, double system) {
    return ResourceUsage.newBuilder()
        .setMemoryStats(
            MemoryStats.newBuilder()
                .setRss(rss)
                .setSwap(swap)
                .addMeasured("RSS")
                .addMeasured("Swap"))
        .setCpuStats(
            CpuStats.newBuilder()
                .setUserMode(user)
                .setSystemMode(system)
                .setPercent(user + system)
                .setTotalTicks((user + system) / 100 * coreMhz)
                .addMeasured("System Mode")
                .addMeasured("User Mode")
                .addMeasured("Percent"))
        .build();
  }
}
