package io.steppe.alloc.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.canonical.Canonicaliser;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.setting.SettingsEndpoint;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Reads;
import io.steppe.alloc.view.Region;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.SchedulerConfiguration;
import io.steppe.rpc.Callers;
import io.steppe.rpc.v1.SetSchedulerRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EvaluationWorkerTest {
  private final AtomicLong seeds = new AtomicLong(1);
  private final Region region = new Region();
  private EvaluationWorker worker;

  @BeforeEach
  void start() {
    worker = worker();
    worker.start();
  }

  private EvaluationWorker worker() {
    return new EvaluationWorker(
        region.ledger(),
        new WorkerSettings(
            4, 5, 5, Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofSeconds(5)),
        Ownership.alone("r1"),
        InstantSource.fixed(Region.NOW),
        () -> new SplittableRandom(seeds.getAndIncrement()));
  }

  @AfterEach
  void stop() throws Exception {
    worker.close();
    region.close();
  }

  private JobKey register(Job job) {
    return register(job, "job-register");
  }

  private JobKey register(Job job, String why) {
    var canonical = Canonicaliser.canonicalise(job);
    region.edit(
        edit -> {
          edit.putVersion(canonical, "JobRegistered");
          edit.put(
              Evaluations.of(Region.id(), edit.view().job(JobKey.of(canonical)).orElseThrow(), why),
              "JobRegistered");
          return edit;
        });
    return JobKey.of(canonical);
  }

  private static long running(AllocView view, JobKey key) {
    return view.allocationsOf(key).stream().filter(each -> !Statuses.terminal(each)).count();
  }

  private static boolean settled(AllocView view, JobKey key) {
    return view.evaluationsOf(key).stream().noneMatch(each -> each.getStatus().equals("pending"));
  }

  @Test
  void aRegisteredJobIsPlaced() {
    region.put(Region.node("n1", 1000, 1000));
    var key = register(Region.job("web", "service", 3));
    var view = region.await(state -> running(state, key) == 3);
    assertEquals("running", view.job(key).orElseThrow().getStatus());
    region.await(state -> settled(state, key));
  }

  @Test
  void whatFindsNoRoomIsPlacedWhenANodeComes() {
    var key = register(Region.job("web", "service", 3));
    region.await(
        state ->
            state.evaluationsOf(key).stream().anyMatch(each -> each.getStatus().equals("blocked")));
    region.put(Region.node("n1", 250, 1000));
    region.await(state -> running(state, key) == 2);
    region.put(Region.node("n2", 250, 1000));
    region.await(state -> running(state, key) == 3);
    region.await(
        state -> state.evaluationsOf(key).stream().noneMatch(each -> EvaluationState.isOpen(each)));
  }

  @Test
  void whatFindsNoRoomIsPlacedWhenAnAllocationEnds() {
    region.put(Region.node("n1", 100, 1000));
    var first = register(Region.job("one", "batch", 1));
    var placed = region.await(state -> running(state, first) == 1);
    var second = register(Region.job("two", "batch", 1));
    region.await(
        state ->
            state.evaluationsOf(second).stream()
                .anyMatch(each -> each.getStatus().equals("blocked")));
    var done =
        placed.allocationsOf(first).iterator().next().toBuilder()
            .setClientStatus("complete")
            .build();
    region.edit(
        edit -> {
          edit.putReported(done, "AllocationUpdated");
          return edit;
        });
    region.await(state -> running(state, second) == 1);
  }

  @Test
  void openEvaluationsAreDecidedAfterARestart() throws Exception {
    worker.close();
    var key = register(Region.job("web", "service", 2));
    region.put(Region.node("n1", 1000, 1000));
    worker = worker();
    worker.start();
    region.await(state -> running(state, key) == 2 && settled(state, key));
  }

  @Test
  void nothingIsDecidedWhileOperatorsPauseIt() {
    region.put(Region.node("n1", 1000, 1000));
    configure(SchedulerConfiguration.newBuilder().setPauseEvalBroker(true).build());
    region.await(state -> worker.workers().stream().allMatch(Worker::paused));
    var key = register(Region.job("web", "service", 2));
    // What comes after it is seen: the worker has had its chance.
    register(Region.job("later", "service", 1));
    var view = region.await(state -> state.jobs().size() == 2);
    assertEquals(0, running(view, key));
    assertTrue(
        view.evaluationsOf(key).stream().allMatch(each -> each.getStatus().equals("pending")));
    configure(SchedulerConfiguration.getDefaultInstance());
    region.await(state -> running(state, key) == 2 && settled(state, key));
  }

  private void configure(SchedulerConfiguration configuration) {
    new SettingsEndpoint(region.ledger(), new Reads(region.ledger(), region.clock()))
        .setScheduler(
            SetSchedulerRequest.newBuilder()
                .setCaller(Callers.anonymous())
                .setConfiguration(configuration)
                .build())
        .await()
        .atMost(Duration.ofSeconds(10));
  }

  @Test
  void jobsOfAnotherReplicaAreLeftAlone() {
    worker.share(new Ownership("r1", java.util.List.of("r2")));
    region.put(Region.node("n1", 1000, 1000));
    var key = register(Region.job("web", "service", 2));
    worker.share(Ownership.alone("r1"));
    var view = region.await(state -> running(state, key) == 2);
    assertTrue(
        view.evaluationsOf(key).stream()
            .allMatch(each -> each.getTriggeredBy().equals("job-register")));
  }

  @Test
  void aDelayedEvaluationWaitsForItsTime() {
    region.put(Region.node("n1", 1000, 1000));
    var canonical = Canonicaliser.canonicalise(Region.job("web", "service", 1));
    long due = Region.NOW.plusMillis(50).getEpochSecond() * 1_000_000_000L + 50_000_000L;
    region.edit(
        edit -> {
          edit.putVersion(canonical, "JobRegistered");
          var job = edit.view().job(JobKey.of(canonical)).orElseThrow();
          edit.put(
              Evaluations.of(Region.id(), job, "alloc-failure").toBuilder()
                  .setWaitUntil(due)
                  .build(),
              "EvaluationUpdated");
          return edit;
        });
    region.await(state -> running(state, JobKey.of(canonical)) == 1);
  }
}
