package io.steppe.alloc.drain;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.scheduler.Leaving;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.fleet.Drain;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.JobKey;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which allocations of a job leave the nodes that are drained: a function of the view and
 * the time, in Unix nanoseconds.
 */
final class JobDrain {
  private final AllocView view;
  private final JobKey key;
  private final long now;
  private final Set<String> leave = new HashSet<>();
  private final List<Allocation> asked = new ArrayList<>();
  private long next = Long.MAX_VALUE;

  private JobDrain(AllocView view, JobKey key, long now) {
    this.view = view;
    this.key = key;
    this.now = now;
  }

  static Draining decide(AllocView view, JobKey key, long now) {
    return new JobDrain(view, key, now).decide();
  }

  private Draining decide() {
    Collection<Allocation> all = view.allocationsOf(key);
    List<Allocation> onDraining =
        all.stream()
            .filter(each -> !Statuses.terminal(each) && drain(each).isPresent())
            // Maps have no order of their own, and equal states must give equal decisions.
            .sorted(Comparator.comparing(Allocation::getName).thenComparing(Allocation::getId))
            .toList();
    if (onDraining.isEmpty()) {
      return new Draining(Set.of(), false, Long.MAX_VALUE, true);
    }
    var job = view.job(key).filter(known -> !known.getStop());
    // Of a job that is gone or stopped everything ends anyway.
    job.ifPresent(
        known -> {
          switch (known.getType()) {
            case "system", "sysbatch" -> onDraining.forEach(this::lastOnItsNode);
            case "batch" -> onDraining.forEach(this::atTheDeadline);
            default -> byGroup(known, all, onDraining);
          }
        });
    onDraining.forEach(this::noteDeadline);
    return new Draining(leave, leave.isEmpty() && unevaluated(), next, false);
  }

  private Optional<Drain> drain(Allocation allocation) {
    return view.fleet().node(allocation.getNodeId()).flatMap(NodeFacts::drain);
  }

  private boolean asked(Allocation allocation) {
    return view.fleet()
        .node(allocation.getNodeId())
        .map(node -> Leaving.of(allocation, node, now) != Leaving.NO)
        .orElse(false);
  }

  private boolean overdue(Allocation allocation) {
    return drain(allocation).map(drain -> drain.overdue(now)).orElse(false);
  }

  /** A batch job has the time its node gives it to come to its end. */
  private void atTheDeadline(Allocation allocation) {
    if (overdue(allocation) && !asked(allocation)) {
      leave.add(allocation.getId());
    }
  }

  /** What every node has stays until it is alone there. */
  private void lastOnItsNode(Allocation allocation) {
    boolean ignored = drain(allocation).map(Drain::ignoresSystemJobs).orElse(false);
    if (!ignored && !asked(allocation) && (overdue(allocation) || alone(allocation.getNodeId()))) {
      leave.add(allocation.getId());
    }
  }

  private boolean alone(String nodeId) {
    return view.allocationsOn(nodeId).stream()
        .noneMatch(other -> !Statuses.clientTerminal(other) && !ofSystemJob(other));
  }

  private boolean ofSystemJob(Allocation allocation) {
    var type = view.job(JobKey.of(allocation)).map(Job::getType).orElse("");
    return type.equals("system") || type.equals("sysbatch");
  }

  private void byGroup(Job job, Collection<Allocation> all, List<Allocation> onDraining) {
    Map<String, List<Allocation>> groups = new HashMap<>();
    all.forEach(
        each -> groups.computeIfAbsent(each.getTaskGroup(), name -> new ArrayList<>()).add(each));
    onDraining.stream()
        .map(Allocation::getTaskGroup)
        .distinct()
        .forEach(
            name -> {
              var ofGroup =
                  new GroupDrain(view, job, name, this::asked, this::overdue, now)
                      .decide(groups.get(name));
              leave.addAll(ofGroup.leave());
              next = Math.min(next, ofGroup.next());
            });
  }

  private void noteDeadline(Allocation allocation) {
    var drain = drain(allocation).orElseThrow();
    if (!drain.overdue(now)) {
      next = Math.min(next, drain.until());
    } else if (allocation.getDesiredTransition().getMigrate()) {
      asked.add(allocation);
    }
  }

  /**
   * Whether a deadline passed that no evaluation knows of: what was asked to leave before it, and
   * waits for room, has to go now.
   */
  private boolean unevaluated() {
    long since =
        asked.stream().mapToLong(each -> drain(each).orElseThrow().until()).max().orElse(0);
    return since > 0
        && view.evaluationsOf(key).stream()
            .noneMatch(
                each ->
                    each.getTriggeredBy().equals(Evaluations.NODE_DRAIN)
                        && each.getCreateTime() >= since);
  }
}
