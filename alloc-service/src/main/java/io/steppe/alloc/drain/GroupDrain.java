package io.steppe.alloc.drain;

import io.steppe.alloc.scheduler.Health;
import io.steppe.alloc.scheduler.Health.Terms;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.JobKey;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.MigrateStrategy;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.TaskState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Decides which allocations of a service's group leave draining nodes, so that no more than the
 * group's migrate block allows are missing or not healthy at a time.
 */
final class GroupDrain {
  /** What jobs of old, or written past registration, go by. */
  private static final MigrateStrategy DEFAULT =
      MigrateStrategy.newBuilder()
          .setMaxParallel(1)
          .setHealthCheck("checks")
          .setMinHealthyTime(10_000_000_000L)
          .setHealthyDeadline(300_000_000_000L)
          .build();

  private final AllocView view;
  private final Job job;
  private final Predicate<Allocation> asked;
  private final Predicate<Allocation> overdue;
  private final long now;
  private final Optional<TaskGroup> wanted;
  private final MigrateStrategy migrate;
  private final Terms terms;
  private final Map<Long, TaskGroup> versions = new HashMap<>();
  private final Set<String> leave = new TreeSet<>();
  private long next = Long.MAX_VALUE;

  /** Those that hold a place of the group's count, as far as a drain is concerned. */
  private int holding;

  /** Those that may do their work and would be missed. */
  private final List<Candidate> candidates = new ArrayList<>();

  private record Candidate(Allocation allocation, boolean healthy) {}

  /** What is to leave, and when to look again. */
  record Decision(Set<String> leave, long next) {}

  /**
   * @param asked whether an allocation was told to leave already
   * @param overdue whether its node is to be empty by now
   */
  GroupDrain(
      AllocView view,
      Job job,
      String name,
      Predicate<Allocation> asked,
      Predicate<Allocation> overdue,
      long now) {
    this.view = view;
    this.job = job;
    this.asked = asked;
    this.overdue = overdue;
    this.now = now;
    this.wanted = group(job, name);
    this.migrate = wanted.filter(TaskGroup::hasMigrate).map(TaskGroup::getMigrate).orElse(DEFAULT);
    this.terms = Terms.of(migrate);
  }

  Decision decide(List<Allocation> allocations) {
    for (Allocation allocation : allocations) {
      if (Statuses.serverTerminal(allocation)) {
        continue;
      }
      if (Statuses.clientTerminal(allocation)) {
        givenUp(allocation);
      } else if (!asked.test(allocation)) {
        look(allocation);
      }
    }
    long count = wanted.map(TaskGroup::getCount).orElse(0L);
    long spare = holding - Math.max(0, count - migrate.getMaxParallel());
    candidates.sort(
        Comparator.comparing(Candidate::healthy)
            .thenComparing(candidate -> candidate.allocation().getName())
            .thenComparing(candidate -> candidate.allocation().getId()));
    candidates.stream()
        .limit(Math.max(0, spare))
        .forEach(candidate -> leave.add(candidate.allocation().getId()));
    return new Decision(leave, next);
  }

  /** One that failed and was not replaced in the time it had holds a drain up no longer. */
  private void givenUp(Allocation allocation) {
    if (!allocation.getClientStatus().equals(Statuses.FAILED)
        || !allocation.getNextAllocation().isEmpty()) {
      return;
    }
    long ended =
        allocation.getTaskStatesMap().values().stream()
            .mapToLong(TaskState::getFinishedAt)
            .max()
            .orElse(0);
    long until = (ended > 0 ? ended : allocation.getModifyTime()) + migrate.getHealthyDeadline();
    if (until <= now) {
      holding++;
    } else {
      next = Math.min(next, until);
    }
  }

  private void look(Allocation allocation) {
    var health = Health.of(allocation, version(allocation), terms, now);
    if (health instanceof Health.Undecided(long until)) {
      next = Math.min(next, until);
    }
    var node = view.fleet().node(allocation.getNodeId());
    if (!node.map(NodeFacts::draining).orElse(false)) {
      boolean away = node.map(known -> known.down() || known.disconnected()).orElse(true);
      holding += health.settled() && !away ? 1 : 0;
    } else if (overdue.test(allocation) || !mayWork(allocation, health)) {
      // It does nothing that would be missed, or its time is over.
      leave.add(allocation.getId());
    } else {
      boolean healthy = health instanceof Health.Healthy;
      holding += healthy ? 1 : 0;
      candidates.add(new Candidate(allocation, healthy));
    }
  }

  /** Whether it is healthy, or runs and nobody knows yet: that one may be healthy all the same. */
  private static boolean mayWork(Allocation allocation, Health health) {
    return switch (health) {
      case Health.Healthy _ -> true;
      case Health.Unhealthy _ -> false;
      case Health.Undecided _ -> allocation.getClientStatus().equals(Statuses.RUNNING);
    };
  }

  private TaskGroup version(Allocation allocation) {
    return versions.computeIfAbsent(
        allocation.getJobVersion(),
        version ->
            view.version(JobKey.of(job), version)
                .flatMap(known -> group(known, allocation.getTaskGroup()))
                .or(() -> wanted)
                .orElse(TaskGroup.getDefaultInstance()));
  }

  private static Optional<TaskGroup> group(Job job, String name) {
    return job.getTaskGroupsList().stream()
        .filter(group -> group.getName().equals(name))
        .findFirst();
  }
}
