package io.steppe.alloc.scheduler;

import io.steppe.alloc.scheduler.reconcile.JobReconciler;
import io.steppe.alloc.scheduler.reconcile.Reconciliation;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Decides evaluations: a pure function of what it is given. */
public final class Scheduler {
  private Scheduler() {}

  /**
   * Decides an evaluation.
   *
   * @param job the job as it is now; absent when it was purged
   * @param random where ids, ports and the order of nodes come from; equal seeds give equal plans
   */
  public static Plan schedule(
      ClusterSnapshot snapshot,
      Optional<Job> job,
      Evaluation evaluation,
      InstantSource clock,
      RandomGenerator random) {
    // Maps have no order of their own, and equal states must give equal plans.
    List<Allocation> existing =
        snapshot.allocations(evaluation.getNamespace(), evaluation.getJobId()).stream()
            .sorted(Comparator.comparing(Allocation::getId))
            .toList();
    if (job.isEmpty() || job.get().getStop()) {
      return end(snapshot, job, evaluation, existing);
    }
    var plan = new PlanUnderWay(snapshot, job.get(), evaluation, existing, clock, random);
    return switch (job.get().getType()) {
      case "system", "sysbatch" ->
          new EverywhereScheduler(snapshot, job.get(), plan).schedule(evaluation, existing);
      default -> new CountedScheduler(snapshot, job.get(), plan).schedule(evaluation, existing);
    };
  }

  private static Plan end(
      ClusterSnapshot snapshot,
      Optional<Job> job,
      Evaluation evaluation,
      Collection<Allocation> existing) {
    var changes = new Reconciliation();
    JobReconciler.endAll(existing, snapshot.fleet(), changes);
    Map<String, Long> queued = new HashMap<>();
    job.ifPresent(
        stopped -> stopped.getTaskGroupsList().forEach(group -> queued.put(group.getName(), 0L)));
    return new Plan(
        evaluation.getId(),
        snapshot.index(),
        List.of(),
        List.of(),
        changes.stops(),
        List.of(),
        Map.of(),
        queued,
        List.of(),
        Optional.empty(),
        changes.counts(),
        false);
  }
}
