package io.steppe.alloc.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.canonical.Canonicaliser;
import io.steppe.alloc.evaluation.EvaluationWorker;
import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.evaluation.Ownership;
import io.steppe.alloc.evaluation.WorkerSettings;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Cluster;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Region;
import io.steppe.ledger.Advance;
import io.steppe.ledger.MemoryLedger;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.AllocDeploymentStatus;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DrainStrategy;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Drains from beginning to end: drainers, the scheduler, and agents that do as they are told. */
class DrainerTest {
  private static final Duration HEALTHY_AFTER = Duration.ofMillis(60);

  private final InstantSource clock = InstantSource.system();
  private final Region region = new Region(new MemoryLedger<>(AllocView.empty(), clock));
  private final AtomicLong seeds = new AtomicLong();
  private final ScheduledExecutorService agents = Executors.newSingleThreadScheduledExecutor();
  private final List<AutoCloseable> parts = new ArrayList<>();
  private final AtomicInteger fewestHealthy = new AtomicInteger(Integer.MAX_VALUE);

  @AfterEach
  void stop() throws Exception {
    for (var part : parts) {
      part.close();
    }
    agents.shutdownNow();
    region.close();
  }

  private Drainer drainer(String replica) {
    var drainer =
        new Drainer(
            region.ledger(),
            Ownership.alone(replica),
            clock,
            () -> new SplittableRandom(seeds.incrementAndGet()));
    drainer.start();
    return drainer;
  }

  private EvaluationWorker worker() {
    var worker =
        new EvaluationWorker(
            region.ledger(),
            WorkerSettings.defaults(),
            Ownership.alone("r1"),
            clock,
            () -> new SplittableRandom(seeds.incrementAndGet()));
    worker.start();
    return worker;
  }

  private void startAgents() {
    parts.add(region.ledger().follow(this::asAgents));
  }

  private void asAgents(Advance<AllocView> step) {
    step.changes().stream()
        .filter(logged -> logged.change().table().equals(Tables.ALLOCS))
        .forEach(
            logged ->
                step.after().view().allocation(logged.change().key()).ifPresent(this::asAgent));
    long healthy =
        step.after().view().allocations().values().stream().filter(DrainerTest::works).count();
    fewestHealthy.accumulateAndGet((int) healthy, Math::min);
  }

  private void asAgent(Allocation told) {
    if (Statuses.clientTerminal(told)) {
      return;
    }
    if (Statuses.serverTerminal(told)) {
      agents.execute(() -> report(told.getId(), now -> now.setClientStatus("complete")));
    } else if (told.getClientStatus().equals("pending")) {
      agents.execute(
          () ->
              report(
                  told.getId(),
                  now -> now.setClientStatus("running").putTaskStates("task", running())));
      agents.schedule(
          () ->
              report(
                  told.getId(),
                  now ->
                      now.setDeploymentStatus(AllocDeploymentStatus.newBuilder().setHealthy(true))),
          HEALTHY_AFTER.toMillis(),
          TimeUnit.MILLISECONDS);
    }
  }

  private TaskState running() {
    return TaskState.newBuilder().setState("running").setStartedAt(nanos(clock.instant())).build();
  }

  private void report(String id, UnaryOperator<Allocation.Builder> change) {
    region.edit(
        edit -> {
          edit.view()
              .allocation(id)
              .filter(known -> !Statuses.clientTerminal(known))
              .ifPresent(
                  known ->
                      edit.putReported(
                          change.apply(known.toBuilder()).build(), "AllocationUpdated"));
          return edit;
        });
  }

  private static boolean works(Allocation allocation) {
    return allocation.getDesiredStatus().equals("run")
        && allocation.getClientStatus().equals("running")
        && allocation.getDeploymentStatus().getHealthy();
  }

  private void start(Job given, int allocations) {
    var job = Canonicaliser.canonicalise(given);
    region.edit(
        edit -> {
          edit.putVersion(job, "JobRegistered");
          edit.put(Evaluations.of(Region.id(), job, Evaluations.JOB_REGISTER), "JobRegistered");
          return edit;
        });
    region.await(view -> working(view, job) == allocations);
  }

  private static long working(AllocView view, Job job) {
    return view.allocationsOf(JobKey.of(job)).stream().filter(DrainerTest::works).count();
  }

  private static Job service(int count, int maxParallel) {
    var job = Cluster.service("web", count, maxParallel).toBuilder();
    job.getTaskGroupsBuilder(0)
        .getMigrateBuilder()
        .setMinHealthyTime(Duration.ofMillis(50).toNanos());
    return job.build();
  }

  private void drain(String node, Duration deadline) {
    long now = nanos(clock.instant());
    region.put(
        region.view().node(node).orElseThrow().toBuilder()
            .setDrain(true)
            .setSchedulingEligibility("ineligible")
            .setDrainStrategy(
                DrainStrategy.newBuilder()
                    .setStartedAt(now)
                    .setDeadline(deadline.toNanos())
                    .setForceDeadline(deadline.isPositive() ? now + deadline.toNanos() : 0))
            .build());
  }

  private static boolean emptied(AllocView view, String node) {
    return view.allocationsOn(node).stream().allMatch(Statuses::clientTerminal);
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }

  @Test
  void twoReplicasEmptyTwoNodesWithoutAnOutage() {
    startAgents();
    for (int i = 0; i < 3; i++) {
      region.put(Region.node("n" + i, 4_000, 8_000));
    }
    parts.add(worker());
    start(service(6, 2), 6);
    fewestHealthy.set(6);
    parts.add(drainer("r1"));
    parts.add(drainer("r2"));
    drain("n0", Duration.ZERO);
    drain("n1", Duration.ZERO);
    var done =
        region.await(
            view ->
                emptied(view, "n0") && emptied(view, "n1") && working(view, service(6, 2)) == 6);
    assertTrue(fewestHealthy.get() >= 4, "only " + fewestHealthy.get() + " were healthy");
    assertEquals(
        6, done.allocationsOn("n2").stream().filter(each -> !Statuses.terminal(each)).count());
  }

  @Test
  void aDrainGoesOnWhereverItsReplicaStopped() throws Exception {
    startAgents();
    region.put(Region.node("n0", 4_000, 8_000));
    var first = worker();
    start(service(6, 1), 6);
    first.close();
    region.put(Region.node("n1", 4_000, 8_000));
    fewestHealthy.set(6);
    drain("n0", Duration.ZERO);
    for (int moved = 1; moved <= 6; moved++) {
      int wanted = moved;
      try (var drainer = drainer("r" + moved);
          var worker = worker()) {
        region.await(view -> view.allocationsOn("n1").size() >= wanted);
      }
    }
    region.await(view -> emptied(view, "n0"));
    assertTrue(fewestHealthy.get() >= 5, "only " + fewestHealthy.get() + " were healthy");
  }

  @Test
  void aDeadlineIsKeptThoughNothingElseHappens() {
    startAgents();
    region.put(Region.node("n0", 4_000, 8_000));
    parts.add(worker());
    start(Region.job("work", "batch", 2), 2);
    parts.add(drainer("r1"));
    drain("n0", Duration.ofMillis(300));
    region.await(view -> emptied(view, "n0"));
    assertEquals(
        2,
        region.view().evaluations().values().stream()
            .flatMap(each -> each.getQueuedAllocationsMap().values().stream())
            .mapToLong(queued -> queued)
            .max()
            .orElse(0));
  }
}
