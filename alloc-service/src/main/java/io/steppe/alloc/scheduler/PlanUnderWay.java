package io.steppe.alloc.scheduler;

import io.steppe.alloc.scheduler.feasibility.GroupNeeds;
import io.steppe.alloc.scheduler.feasibility.Neighbours;
import io.steppe.alloc.scheduler.feasibility.PlacementMetrics;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.scheduler.fleet.Usable;
import io.steppe.alloc.scheduler.ranking.Algorithm;
import io.steppe.alloc.scheduler.ranking.NodeOrder;
import io.steppe.alloc.scheduler.ranking.Placed;
import io.steppe.alloc.scheduler.ranking.Placer;
import io.steppe.alloc.scheduler.ranking.Rooms;
import io.steppe.alloc.scheduler.reconcile.Reconciliation;
import io.steppe.proto.v1.AllocMetric;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NodeScoreMeta;
import io.steppe.proto.v1.TaskGroup;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A plan while it is made: the room that is left, what was placed, and what could not be. */
final class PlanUnderWay {
  private final ClusterSnapshot snapshot;
  private final Job job;
  private final Evaluation evaluation;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final boolean thorough;
  private final Algorithm algorithm;
  private final boolean oversubscribes;
  private final Usable usable;
  private final NodeOrder order;
  private final Rooms rooms;
  private final Neighbours neighbours;
  private final Allocations allocations;
  private final Map<String, Allocation> placing = new HashMap<>();
  private final Map<String, Placer> placers = new HashMap<>();
  private final Map<String, GroupNeeds> needs = new HashMap<>();
  private final List<Allocation> placed = new ArrayList<>();
  private final Map<String, Failure> failures = new HashMap<>();

  private static final class Failure {
    private final PlacementMetrics metrics;
    private int more;

    private Failure(PlacementMetrics metrics) {
      this.metrics = metrics;
    }
  }

  PlanUnderWay(
      ClusterSnapshot snapshot,
      Job job,
      Evaluation evaluation,
      Collection<Allocation> existing,
      InstantSource clock,
      RandomGenerator random) {
    this.snapshot = snapshot;
    this.job = job;
    this.evaluation = evaluation;
    this.clock = clock;
    this.random = random;
    this.thorough = job.getType().equals("service");
    var configuration = snapshot.configuration(job.getNodePool());
    this.algorithm = Algorithm.of(configuration.getSchedulerAlgorithm());
    this.oversubscribes = configuration.getMemoryOversubscriptionEnabled();
    this.usable = snapshot.fleet().usable(job.getNodePool(), job.getDatacentersList());
    this.order = new NodeOrder(usable.nodes(), random);
    this.rooms = new Rooms(snapshot.fleet());
    this.neighbours = new Neighbours(snapshot.fleet());
    this.allocations = new Allocations(job, evaluation, random);
    for (Allocation allocation : existing) {
      if (!Statuses.terminal(allocation)) {
        placing.put(allocation.getId(), allocation);
        neighbours.add(allocation.getNodeId(), allocation.getTaskGroup());
      }
    }
  }

  /** Nodes the job may use, ordered by id. */
  List<NodeFacts> nodes() {
    return usable.nodes();
  }

  /** Whether the job may have allocations on a node, ready or not. */
  boolean allows(NodeFacts node) {
    return Usable.belongs(node, job.getNodePool(), job.getDatacentersList());
  }

  /** Counters for one placement. */
  PlacementMetrics metrics() {
    return new PlacementMetrics(job.getNodePool(), usable.inPool(), usable.available());
  }

  Placer placer(TaskGroup group) {
    return placers.computeIfAbsent(
        group.getName(),
        unused -> new Placer(needs(group), order, rooms, neighbours, thorough, algorithm, random));
  }

  private GroupNeeds needs(TaskGroup group) {
    return needs.computeIfAbsent(
        group.getName(), unused -> GroupNeeds.of(job, group, oversubscribes));
  }

  /** An allocation leaves: its room is free for others. False if it took none. */
  boolean free(String allocationId) {
    Allocation leaving = placing.remove(allocationId);
    if (leaving == null) {
      return false;
    }
    rooms.free(leaving.getNodeId(), allocationId);
    neighbours.remove(leaving.getNodeId(), leaving.getTaskGroup());
    return true;
  }

  /** An allocation that was to leave stays after all. */
  void restore(Allocation allocation) {
    placing.put(allocation.getId(), allocation);
    neighbours.add(allocation.getNodeId(), allocation.getTaskGroup());
    snapshot
        .fleet()
        .node(allocation.getNodeId())
        .ifPresent(
            node -> rooms.take(node, allocation.getId(), allocation.getAllocatedResources()));
  }

  /** Whether a running allocation could stay where it is, were it placed today. */
  boolean mayStay(Allocation allocation, TaskGroup group, int index) {
    var node = snapshot.fleet().node(allocation.getNodeId());
    if (node.isEmpty() || !allows(node.get())) {
      return false;
    }
    // It must not be in its own way.
    neighbours.remove(allocation.getNodeId(), allocation.getTaskGroup());
    Optional<String> refusal = placer(group).refusal(node.get(), index);
    neighbours.add(allocation.getNodeId(), allocation.getTaskGroup());
    return refusal.isEmpty();
  }

  /** Whether a group failed already: what failed once in a plan fails again. */
  boolean failedBefore(String group) {
    Failure failure = failures.get(group);
    if (failure == null) {
      return false;
    }
    failure.more++;
    return true;
  }

  void failed(String group, PlacementMetrics metrics) {
    failures.put(group, new Failure(metrics));
  }

  /** Writes an allocation and takes its room. */
  Allocation.Builder place(
      TaskGroup group,
      String name,
      Placed where,
      PlacementMetrics metrics,
      List<NodeScoreMeta> scores,
      Instant began) {
    Instant now = clock.instant();
    AllocMetric metric = metrics.toProto(scores, Duration.between(began, now).toNanos(), 0);
    var allocation =
        allocations.create(group, name, where.node(), where.resources(), metric, nanos(now));
    rooms.take(where.node(), allocation.getId(), where.resources());
    neighbours.add(where.node().id(), group.getName());
    return allocation;
  }

  void add(Allocation allocation) {
    placed.add(allocation);
  }

  String newId() {
    return Allocations.uuid(random);
  }

  Instant now() {
    return clock.instant();
  }

  static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }

  /** The plan, with what the reconciliation decided beside placements. */
  Plan finish(Reconciliation reconciliation, List<Stop> stops, List<InPlaceUpdate> inPlace) {
    Map<String, AllocMetric> failed = new HashMap<>();
    Map<String, Long> queued = new HashMap<>();
    job.getTaskGroupsList().forEach(group -> queued.put(group.getName(), 0L));
    Map<String, Boolean> classes = new HashMap<>();
    boolean escaped = false;
    for (var failure : failures.entrySet()) {
      failed.put(
          failure.getKey(),
          failure.getValue().metrics.toProto(List.of(), 0, failure.getValue().more));
      queued.put(failure.getKey(), 1L + failure.getValue().more);
      placers
          .get(failure.getKey())
          .classes()
          .forEach((name, eligible) -> classes.merge(name, eligible, Boolean::logicalOr));
      escaped |= needs.get(failure.getKey()).escapesClass();
    }
    return new Plan(
        evaluation.getId(),
        snapshot.index(),
        placed,
        inPlace,
        stops,
        reconciliation.notes(),
        failed,
        queued,
        reconciliation.followUps(),
        failures.isEmpty() ? Optional.empty() : Optional.of(new Plan.Blocked(classes, escaped)),
        reconciliation.counts(),
        reconciliation.rolloutWaiting());
  }
}
