package io.steppe.agent.stats;

import com.google.protobuf.ByteString;
import io.steppe.agent.alloc.AllocRunner;
import io.steppe.agent.driver.RunningTask;
import io.steppe.agent.driver.TaskRun;
import io.steppe.proto.v1.AllocResourceUsage;
import io.steppe.proto.v1.TaskResourceUsage;
import io.steppe.rpc.Failure;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * What the tasks of an allocation use: by their control groups or engines, by their processes where
 * they have none. Read when it is asked for; processor time is since the last time somebody asked,
 * or over a moment if that is long ago.
 */
public final class AllocUsage {
  private static final Logger LOG = Logger.getLogger(AllocUsage.class);

  /** Clock ticks are 10 ms: over half a second they are exact to 2 %. */
  private static final Duration MOMENT = Duration.ofMillis(500);

  private static final Duration LONG_AGO = Duration.ofSeconds(30);
  private static final Duration BUSY = Duration.ofSeconds(10);

  /** Tasks remembered from the last time; more are forgotten all at once. */
  private static final int REMEMBERED = 10_000;

  private final InstantSource clock;
  private final double coreMhz;
  private final Map<TaskRun.Key, TaskUsage> before = new ConcurrentHashMap<>();

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
    Map<String, RunningTask> running = new LinkedHashMap<>(running(allocation));
    if (!task.isEmpty()) {
      if (!allocation.report().containsTaskStates(task)) {
        throw Failure.notFound("unknown task name \"" + task + "\"");
      }
      running.keySet().retainAll(List.of(task));
    }
    remember(running);
    var now = clock.instant();
    long timestamp = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    var usage = AllocResourceUsage.newBuilder().setTimestamp(timestamp);
    look(running)
        .forEach(
            (name, seen) -> {
              TaskUsage earlier = before.put(running.get(name).run().key(), seen);
              usage.putTasks(name, task(earlier == null ? seen : earlier, seen, timestamp));
            });
    var parts =
        usage.getTasksMap().values().stream().map(TaskResourceUsage::getResourceUsage).toList();
    return usage
        .setResourceUsage(
            Usages.sum(parts).toBuilder().setDeviceStats(ByteString.copyFromUtf8("[]")))
        .build();
  }

  private static Map<String, RunningTask> running(AllocRunner allocation)
      throws InterruptedException {
    try {
      return allocation.running().get(BUSY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw Failure.unavailable("the allocation is busy");
    }
  }

  private static Map<String, TaskUsage> look(Map<String, RunningTask> running) {
    Map<String, TaskUsage> seen = new LinkedHashMap<>();
    running.forEach(
        (name, task) -> {
          try {
            seen.put(name, task.driver().usage(task.run()));
          } catch (IOException e) {
            LOG.debugf(e, "task %s of allocation %s", name, task.run().allocation());
          }
        });
    return seen;
  }

  /** Makes sure that there is an earlier look at each task to compare with. */
  private void remember(Map<String, RunningTask> running) throws InterruptedException {
    if (before.size() > REMEMBERED) {
      before.clear();
    }
    Map<String, RunningTask> unknown = new LinkedHashMap<>(running);
    unknown.values().removeIf(task -> comparable(before.get(task.run().key())));
    if (unknown.isEmpty()) {
      return;
    }
    look(unknown).forEach((name, seen) -> before.put(running.get(name).run().key(), seen));
    Thread.sleep(MOMENT);
  }

  private static boolean comparable(TaskUsage earlier) {
    if (earlier == null) {
      return false;
    }
    long age = System.nanoTime() - earlier.whole().at();
    return age >= MOMENT.toNanos() && age <= LONG_AGO.toNanos();
  }

  private TaskResourceUsage task(TaskUsage earlier, TaskUsage now, long timestamp) {
    var usage =
        TaskResourceUsage.newBuilder()
            .setTimestamp(timestamp)
            .setResourceUsage(Usages.between(earlier.whole(), now.whole(), coreMhz));
    now.processes()
        .forEach(
            (process, reading) ->
                usage.putPids(
                    String.valueOf(process.pid()),
                    Usages.between(
                        earlier.processes().getOrDefault(process, reading), reading, coreMhz)));
    return usage.build();
  }
}
