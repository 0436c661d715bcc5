package io.steppe.alloc.scheduler;

import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.scheduler.ranking.Placed;
import io.steppe.alloc.scheduler.ranking.Placer;
import io.steppe.alloc.scheduler.reconcile.AllocationName;
import io.steppe.alloc.scheduler.reconcile.GroupChanges;
import io.steppe.alloc.scheduler.reconcile.JobReconciler;
import io.steppe.alloc.scheduler.reconcile.Reconciliation;
import io.steppe.alloc.scheduler.reconcile.Wording;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DesiredUpdates;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NodeScoreMeta;
import io.steppe.proto.v1.TaskGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * System and sysbatch jobs: one allocation of each group on every node that suits; sysbatch runs
 * once on each.
 */
final class EverywhereScheduler {
  private final ClusterSnapshot snapshot;
  private final Job job;
  private final PlanUnderWay plan;
  private final boolean once;
  private final Reconciliation changes = new Reconciliation();
  private final List<Stop> stops = new ArrayList<>();
  private final List<InPlaceUpdate> inPlace = new ArrayList<>();
  private final Map<String, Boolean> destructive = new HashMap<>();

  EverywhereScheduler(ClusterSnapshot snapshot, Job job, PlanUnderWay plan) {
    this.snapshot = snapshot;
    this.job = job;
    this.plan = plan;
    this.once = job.getType().equals("sysbatch");
  }

  Plan schedule(Evaluation evaluation, Collection<Allocation> existing) {
    Map<String, List<Allocation>> byGroup = new HashMap<>();
    existing.forEach(
        allocation ->
            byGroup
                .computeIfAbsent(allocation.getTaskGroup(), unused -> new ArrayList<>())
                .add(allocation));
    for (TaskGroup group : job.getTaskGroupsList()) {
      List<Allocation> ofGroup = byGroup.getOrDefault(group.getName(), List.of());
      byGroup.remove(group.getName());
      if (group.getCount() == 0) {
        JobReconciler.endAll(ofGroup, snapshot.fleet(), changes);
      } else {
        spread(evaluation, group, ofGroup);
      }
    }
    byGroup
        .values()
        .forEach(ofNoGroup -> JobReconciler.endAll(ofNoGroup, snapshot.fleet(), changes));
    stops.addAll(changes.stops());
    return plan.finish(changes, stops, inPlace);
  }

  private void spread(Evaluation evaluation, TaskGroup group, List<Allocation> allocations) {
    Set<String> served = new HashSet<>();
    List<Allocation> outdated = new ArrayList<>();
    int settling = 0;
    for (Allocation allocation : allocations) {
      if (leaves(allocation, group, evaluation)) {
        continue;
      }
      if (Statuses.terminal(allocation)) {
        if (current(allocation) && holds(allocation, evaluation)) {
          served.add(allocation.getNodeId());
        }
        continue;
      }
      if (!served.add(allocation.getNodeId())) {
        stop(allocation, Wording.NOT_NEEDED, Optional.empty());
      } else if (current(allocation)) {
        settling += allocation.getClientStatus().equals(Statuses.RUNNING) ? 0 : 1;
        counts(group).setIgnore(counts(group).getIgnore() + 1);
      } else if (destructive(allocation, group)) {
        outdated.add(allocation);
      } else {
        inPlace.add(
            new InPlaceUpdate(
                allocation.getId(), allocation.getNodeId(), evaluation.getId(), job.getVersion()));
        counts(group).setInPlaceUpdate(counts(group).getInPlaceUpdate() + 1);
      }
    }
    update(group, outdated, settling);
    for (NodeFacts node : plan.nodes()) {
      if (!served.contains(node.id())) {
        place(group, node, Optional.empty());
      }
    }
  }

  /**
   * Whether an allocation that has ended by itself fills its place: a sysbatch job ran there. A
   * system job is started anew when something else happens, but not because it failed: that could
   * go on for ever.
   */
  private boolean holds(Allocation allocation, Evaluation evaluation) {
    boolean byItself = Statuses.clientTerminal(allocation) && !Statuses.serverTerminal(allocation);
    return byItself && (once || evaluation.getTriggeredBy().equals("alloc-failure"));
  }

  /** Stops what can't stay where it is; true if it did, or if it is over with its node. */
  private boolean leaves(Allocation allocation, TaskGroup group, Evaluation evaluation) {
    if (Statuses.clientTerminal(allocation)) {
      return false;
    }
    Optional<NodeFacts> node = snapshot.fleet().node(allocation.getNodeId());
    if (node.isEmpty() || node.get().down()) {
      stop(allocation, Wording.LOST, Optional.of(Statuses.LOST));
      return true;
    }
    if (Statuses.serverTerminal(allocation)) {
      return false;
    }
    long now = Math.max(PlanUnderWay.nanos(plan.now()), evaluation.getCreateTime());
    if (Leaving.of(allocation, node.get(), now) != Leaving.NO) {
      stop(
          allocation,
          node.get().ready() ? Wording.MIGRATING : Wording.NODE_TAINTED,
          Optional.empty());
      return true;
    }
    if (!plan.mayStay(allocation, group, 0)) {
      stop(allocation, Wording.NOT_NEEDED, Optional.empty());
      return true;
    }
    return false;
  }

  private void update(TaskGroup group, List<Allocation> outdated, int settling) {
    long atOnce = group.getUpdate().getMaxParallel();
    long limit =
        !group.hasUpdate() || atOnce == 0 ? Long.MAX_VALUE : Math.max(0, atOnce - settling);
    int begun = 0;
    for (Allocation allocation : outdated) {
      Optional<NodeFacts> node =
          snapshot.fleet().node(allocation.getNodeId()).filter(NodeFacts::ready);
      if (node.isEmpty()) {
        // Where nothing new may start, the old one goes on.
        counts(group).setIgnore(counts(group).getIgnore() + 1);
      } else if (begun >= limit) {
        changes.holdBack();
        counts(group).setIgnore(counts(group).getIgnore() + 1);
      } else {
        begun++;
        place(group, node.get(), Optional.of(allocation));
      }
    }
  }

  private void place(TaskGroup group, NodeFacts node, Optional<Allocation> replaced) {
    Placer placer = plan.placer(group);
    Instant began = plan.now();
    boolean freed = replaced.map(allocation -> plan.free(allocation.getId())).orElse(false);
    if (placer.refusal(node, 0).isPresent()) {
      // A node that doesn't suit is no failure: there is nothing to wait for.
      replaced.filter(allocation -> freed).ifPresent(plan::restore);
      return;
    }
    var metrics = plan.metrics();
    List<NodeScoreMeta> scores = new ArrayList<>();
    Optional<Placed> where = placer.placeOn(node, 0, metrics, scores);
    if (where.isEmpty()) {
      replaced.filter(allocation -> freed).ifPresent(plan::restore);
      if (!plan.failedBefore(group.getName())) {
        plan.failed(group.getName(), metrics);
      }
      return;
    }
    String name = AllocationName.of(job.getId(), group.getName(), 0);
    var allocation = plan.place(group, name, where.get(), metrics, scores, began);
    replaced.ifPresent(
        old -> {
          stops.add(
              new Stop(
                  old.getId(),
                  old.getNodeId(),
                  Statuses.STOP,
                  Wording.UPDATING,
                  Optional.empty(),
                  ""));
          allocation.setPreviousAllocation(old.getId());
        });
    plan.add(allocation.build());
    if (replaced.isPresent()) {
      counts(group).setDestructiveUpdate(counts(group).getDestructiveUpdate() + 1);
    } else {
      counts(group).setPlace(counts(group).getPlace() + 1);
    }
  }

  private void stop(Allocation allocation, String why, Optional<String> clientStatus) {
    stops.add(
        new Stop(allocation.getId(), allocation.getNodeId(), Statuses.STOP, why, clientStatus, ""));
    plan.free(allocation.getId());
    var counts = changes.counts(allocation.getTaskGroup());
    counts.setStop(counts.getStop() + 1);
  }

  private DesiredUpdates.Builder counts(TaskGroup group) {
    return changes.counts(group.getName());
  }

  private boolean current(Allocation allocation) {
    boolean ofThisJob =
        allocation.getCreateIndex() == 0 || allocation.getCreateIndex() >= job.getCreateIndex();
    return ofThisJob && allocation.getJobVersion() == job.getVersion();
  }

  private boolean destructive(Allocation allocation, TaskGroup group) {
    return destructive.computeIfAbsent(
        allocation.getJobVersion() + "/" + group.getName(),
        unused ->
            snapshot
                .jobVersion(job.getNamespace(), job.getId(), allocation.getJobVersion())
                .map(before -> GroupChanges.destructive(before, job, group.getName()))
                .orElse(true));
  }
}
