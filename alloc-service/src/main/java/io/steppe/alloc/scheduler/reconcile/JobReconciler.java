package io.steppe.alloc.scheduler.reconcile;

import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.Stop;
import io.steppe.alloc.scheduler.fleet.Fleet;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Compares what a service or batch job wants with what there is. */
public final class JobReconciler {
  private JobReconciler() {}

  /**
   * @param job empty when it was purged; a stopped job wants nothing either
   * @param difference what separates an allocation of an older version from the job
   * @param ids new ids for follow-up evaluations
   * @param now Unix nanoseconds
   */
  public static Reconciliation reconcile(
      Optional<Job> job,
      Collection<Allocation> allocations,
      Fleet fleet,
      Evaluation evaluation,
      BiFunction<Allocation, TaskGroup, Difference> difference,
      Supplier<String> ids,
      long now) {
    var result = new Reconciliation();
    if (job.isEmpty() || job.get().getStop()) {
      endAll(allocations, fleet, result);
      return result;
    }
    Map<String, List<Allocation>> byGroup = new HashMap<>();
    allocations.forEach(
        allocation ->
            byGroup
                .computeIfAbsent(allocation.getTaskGroup(), unused -> new ArrayList<>())
                .add(allocation));
    Job wanted = job.get();
    boolean batch = wanted.getType().equals("batch");
    // An evaluation made for a moment is not decided before it, whatever the clocks say.
    long then = Math.max(now, evaluation.getCreateTime());
    var fates = new Fates(wanted, batch, fleet, evaluation.getId(), then);
    var followUps = new FollowUps(wanted, evaluation, ids, now);
    for (TaskGroup group : wanted.getTaskGroupsList()) {
      List<Allocation> ofGroup = byGroup.getOrDefault(group.getName(), List.of());
      byGroup.remove(group.getName());
      new GroupReconciler(wanted, group, fates, followUps, difference, result, now)
          .reconcile(ofGroup);
    }
    byGroup.values().forEach(ofNoGroup -> endAll(ofNoGroup, fleet, result));
    followUps.addTo(result);
    return result;
  }

  /** Ends all that has not ended: what is on nodes that are gone is lost. */
  public static void endAll(
      Collection<Allocation> allocations, Fleet fleet, Reconciliation result) {
    for (Allocation allocation : allocations) {
      if (Statuses.clientTerminal(allocation)) {
        // It has ended, but nobody should take it for one that is still wanted.
        continue;
      }
      boolean gone = fleet.node(allocation.getNodeId()).map(NodeFacts::down).orElse(true);
      if (Statuses.serverTerminal(allocation) && !gone) {
        continue;
      }
      Optional<String> clientStatus = gone ? Optional.of(Statuses.LOST) : Optional.empty();
      String why = gone ? Wording.LOST : Wording.NOT_NEEDED;
      result
          .stops()
          .add(
              new Stop(
                  allocation.getId(),
                  allocation.getNodeId(),
                  Statuses.STOP,
                  why,
                  clientStatus,
                  ""));
      var counts = result.counts(allocation.getTaskGroup());
      counts.setStop(counts.getStop() + 1);
    }
  }
}
