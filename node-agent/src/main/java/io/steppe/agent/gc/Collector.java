package io.steppe.agent.gc;

import io.steppe.agent.alloc.AllocRunner;
import io.steppe.agent.alloc.Allocations;
import io.steppe.agent.gc.GcRule.Verdict;
import io.steppe.agent.watch.Coalesced;
import io.steppe.proto.v1.HostDiskStats;
import io.steppe.rpc.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Removes the folders of finished allocations: the oldest first, when there is need or a wish. */
public final class Collector implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Collector.class);

  /** A removal that takes longer goes on, but nobody waits for it. */
  private static final long PATIENCE_SECONDS = 60;

  private final GcSettings settings;
  private final Allocations allocations;
  private final Supplier<HostDiskStats> disk;
  private final ScheduledExecutorService timer;
  private final Coalesced looks;
  private final Semaphore free;
  private Future<?> ticks = CompletableFuture.completedFuture(null);

  /**
   * @param disk the file system the allocations are on
   */
  public Collector(
      GcSettings settings,
      Allocations allocations,
      Supplier<HostDiskStats> disk,
      Executor executor,
      ScheduledExecutorService timer) {
    this.settings = settings;
    this.allocations = allocations;
    this.disk = disk;
    this.timer = timer;
    this.looks = new Coalesced(executor, this::makeRoom);
    this.free = new Semaphore(Math.max(1, settings.parallelDestroys()));
  }

  /** Looks from now on: each interval, and when the number of allocations changed. */
  public void start() {
    allocations.listen(looks::ask);
    long millis = Math.max(1, settings.interval().toMillis());
    ticks = timer.scheduleWithFixedDelay(looks::ask, millis, millis, TimeUnit.MILLISECONDS);
    looks.ask();
  }

  private void makeRoom() {
    try {
      Optional<Verdict> verdict = judge();
      List<AllocRunner> oldest = allocations.collectable();
      while (verdict.isPresent() && !oldest.isEmpty()) {
        int count = Math.clamp(verdict.get().count(), 1, oldest.size());
        remove(oldest.subList(0, count), verdict.get().reason());
        verdict = judge();
        oldest = allocations.collectable();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("finished allocations could not be collected", e);
    }
  }

  private Optional<Verdict> judge() {
    HostDiskStats now = disk.get();
    var usage = new GcRule.Usage(now.getUsedPercent(), now.getInodesUsedPercent());
    return GcRule.judge(settings, usage, allocations.known());
  }

  /**
   * Removes a finished allocation's folder.
   *
   * @throws Failure CONFLICT when it runs or is gone
   */
  public void collect(String id) throws InterruptedException {
    AllocRunner runner =
        allocations.collectable().stream()
            .filter(one -> one.id().equals(id))
            .findFirst()
            .orElseThrow(
                () ->
                    Failure.conflict(
                        "No such allocation on client, or allocation not eligible for GC"));
    remove(List.of(runner), "asked for");
  }

  /** Removes the folders of all finished allocations. */
  public void collectAll() throws InterruptedException {
    remove(allocations.collectable(), "all were asked for");
  }

  private void remove(List<AllocRunner> runners, String reason) throws InterruptedException {
    List<CompletableFuture<Void>> removals = new ArrayList<>();
    for (AllocRunner runner : runners) {
      if (!free.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw Failure.unavailable("other allocations are still being removed");
      }
      LOG.infof("allocation %s is collected: %s", runner.id(), reason);
      removals.add(allocations.collect(runner).whenComplete((done, e) -> free.release()));
    }
    try {
      CompletableFuture.allOf(removals.toArray(CompletableFuture[]::new))
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      LOG.warnf("folders of allocations are still being removed after %d s", PATIENCE_SECONDS);
    } catch (ExecutionException e) {
      LOG.error("allocations could not be removed", e);
    }
  }

  @Override
  public void close() {
    ticks.cancel(false);
  }
}
