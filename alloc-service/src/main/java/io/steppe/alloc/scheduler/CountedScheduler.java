package io.steppe.alloc.scheduler;

import io.steppe.alloc.scheduler.ranking.Placed;
import io.steppe.alloc.scheduler.ranking.Placer;
import io.steppe.alloc.scheduler.reconcile.AllocationName;
import io.steppe.alloc.scheduler.reconcile.Difference;
import io.steppe.alloc.scheduler.reconcile.GroupChanges;
import io.steppe.alloc.scheduler.reconcile.JobReconciler;
import io.steppe.alloc.scheduler.reconcile.Placement;
import io.steppe.alloc.scheduler.reconcile.Reconciliation;
import io.steppe.alloc.scheduler.reconcile.Rescheduling;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NodeScoreMeta;
import io.steppe.proto.v1.RescheduleEvent;
import io.steppe.proto.v1.TaskGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Service and batch jobs: as many allocations of each group as it counts. */
final class CountedScheduler {
  private final ClusterSnapshot snapshot;
  private final Job job;
  private final PlanUnderWay plan;
  private final Map<String, Boolean> destructive = new HashMap<>();
  private final List<Stop> stops = new ArrayList<>();

  CountedScheduler(ClusterSnapshot snapshot, Job job, PlanUnderWay plan) {
    this.snapshot = snapshot;
    this.job = job;
    this.plan = plan;
  }

  Plan schedule(Evaluation evaluation, Collection<Allocation> existing) {
    long now = PlanUnderWay.nanos(plan.now());
    Reconciliation changes =
        JobReconciler.reconcile(
            Optional.of(job),
            existing,
            snapshot.fleet(),
            evaluation,
            this::difference,
            plan::newId,
            now);
    stops.addAll(changes.stops());
    changes.stops().forEach(stop -> plan.free(stop.allocationId()));
    // Those that end another first: they make room.
    changes.placements().stream()
        .sorted(Comparator.comparing(placement -> placement.stopOncePlaced().isEmpty()))
        .forEach(this::place);
    List<InPlaceUpdate> inPlace =
        changes.inPlace().stream()
            .map(
                change ->
                    new InPlaceUpdate(
                        change.allocation().getId(),
                        change.allocation().getNodeId(),
                        evaluation.getId(),
                        job.getVersion()))
            .toList();
    return plan.finish(changes, stops, inPlace);
  }

  private void place(Placement placement) {
    TaskGroup group = placement.group();
    if (plan.failedBefore(group.getName())) {
      return;
    }
    Instant began = plan.now();
    boolean freed =
        placement.stopOncePlaced().map(stop -> plan.free(stop.allocationId())).orElse(false);
    var metrics = plan.metrics();
    List<NodeScoreMeta> scores = new ArrayList<>();
    int index = AllocationName.index(placement.name());
    Placer placer = plan.placer(group);
    Optional<Placed> where =
        preferred(placement)
            .flatMap(nodeId -> snapshot.fleet().node(nodeId))
            .filter(node -> node.ready() && plan.allows(node))
            .flatMap(node -> placer.placeOn(node, index, metrics, scores))
            .or(() -> placer.place(index, penalised(placement), metrics, scores));
    if (where.isEmpty()) {
      if (freed) {
        plan.restore(placement.previous().orElseThrow());
      }
      plan.failed(group.getName(), metrics);
      return;
    }
    placement.stopOncePlaced().ifPresent(stops::add);
    var allocation = plan.place(group, placement.name(), where.get(), metrics, scores, began);
    placement.previous().ifPresent(previous -> follow(allocation, previous, placement));
    plan.add(allocation.build());
  }

  private static void follow(
      Allocation.Builder allocation, Allocation previous, Placement placement) {
    allocation.setPreviousAllocation(previous.getId());
    if (placement.rescheduled()) {
      allocation.setRescheduleTracker(
          Rescheduling.next(
              previous, placement.group().getReschedulePolicy(), allocation.getCreateTime()));
    } else if (placement.moves() && previous.hasRescheduleTracker()) {
      allocation.setRescheduleTracker(previous.getRescheduleTracker());
    }
  }

  /** A group with a sticky disk goes back to where its data is. */
  private static Optional<String> preferred(Placement placement) {
    boolean sticky = placement.group().getEphemeralDisk().getSticky() && !placement.rescheduled();
    return placement.previous().filter(previous -> sticky).map(Allocation::getNodeId);
  }

  /** Nodes where it failed before. */
  private static Set<String> penalised(Placement placement) {
    if (!placement.rescheduled()) {
      return Set.of();
    }
    Allocation previous = placement.previous().orElseThrow();
    Set<String> nodes = new HashSet<>();
    nodes.add(previous.getNodeId());
    previous.getRescheduleTracker().getEventsList().stream()
        .map(RescheduleEvent::getPrevNodeId)
        .forEach(nodes::add);
    return nodes;
  }

  private Difference difference(Allocation allocation, TaskGroup group) {
    // A purged job's versions say nothing of a job that took its name.
    boolean ofPurged =
        allocation.getCreateIndex() > 0 && allocation.getCreateIndex() < job.getCreateIndex();
    boolean restart =
        ofPurged
            || destructive.computeIfAbsent(
                allocation.getJobVersion() + "/" + group.getName(),
                unused -> destructive(allocation, group));
    if (restart) {
      return Difference.DESTRUCTIVE;
    }
    if (Statuses.clientTerminal(allocation)) {
      return Difference.NONE;
    }
    int index = AllocationName.index(allocation.getName());
    return plan.mayStay(allocation, group, index) ? Difference.IN_PLACE : Difference.DESTRUCTIVE;
  }

  private boolean destructive(Allocation allocation, TaskGroup group) {
    return snapshot
        .jobVersion(job.getNamespace(), job.getId(), allocation.getJobVersion())
        .map(before -> GroupChanges.destructive(before, job, group.getName()))
        .orElse(true);
  }
}
