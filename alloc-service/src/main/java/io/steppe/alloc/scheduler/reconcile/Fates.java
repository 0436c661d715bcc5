package io.steppe.alloc.scheduler.reconcile;

import io.steppe.alloc.scheduler.Leaving;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.fleet.Fleet;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.AllocState;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DisconnectStrategy;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.TaskState;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Tells what allocations of a service or batch job are to their groups. */
final class Fates {
  /** What is due within this is due now. Nanoseconds. */
  static final long SOON = Duration.ofSeconds(1).toNanos();

  private static final Set<String> KILLS = Set.of("Killing", "Killed");

  private final Job job;
  private final boolean batch;
  private final Fleet fleet;
  private final String evaluationId;
  private final long now;

  Fates(Job job, boolean batch, Fleet fleet, String evaluationId, long now) {
    this.job = job;
    this.batch = batch;
    this.fleet = fleet;
    this.evaluationId = evaluationId;
    this.now = now;
  }

  /**
   * Whether an allocation is of the job as it is now, not of an older version or of a purged job of
   * the same name.
   */
  boolean current(Allocation allocation) {
    return allocation.getJobVersion() == job.getVersion() && ofThisJob(allocation);
  }

  private boolean ofThisJob(Allocation allocation) {
    return allocation.getCreateIndex() == 0 || allocation.getCreateIndex() >= job.getCreateIndex();
  }

  Fate of(Allocation allocation, TaskGroup group) {
    Optional<NodeFacts> node = fleet.node(allocation.getNodeId());
    if (Statuses.clientTerminal(allocation)) {
      return ended(allocation, group);
    }
    boolean gone = node.isEmpty() || node.get().down();
    if (Statuses.serverTerminal(allocation)) {
      return gone ? new Fate.EndedUnseen() : new Fate.Gone();
    }
    boolean away = gone || node.get().disconnected();
    if (away) {
      return away(allocation, group, node.isEmpty());
    }
    switch (Leaving.of(allocation, node.get(), now)) {
      case NOW -> {
        return new Fate.Migrate(true);
      }
      case ONCE_PLACED -> {
        return new Fate.Migrate(false);
      }
      case NO -> {
        // It may stay.
      }
    }
    if (allocation.getClientStatus().equals(Statuses.UNKNOWN)) {
      // Its node is back but has not said yet how it is.
      return new Fate.Away(replacesAway(group), 0, true);
    }
    return new Fate.Kept();
  }

  private Fate ended(Allocation allocation, TaskGroup group) {
    boolean told = Statuses.serverTerminal(allocation);
    if (batch) {
      if (!current(allocation)) {
        return new Fate.Gone();
      }
      if (succeeded(allocation)) {
        return new Fate.Kept();
      }
    }
    boolean stopsItself = grace(group) > 0 && allocation.getNextAllocation().isEmpty();
    if (stopsItself && allocation.getClientStatus().equals(Statuses.LOST)) {
      // Its node may not have stopped it yet: nobody takes its place before that.
      long until = Rescheduling.later(allocation.getModifyTime(), grace(group));
      return until - now > SOON ? new Fate.Kept() : new Fate.Gone();
    }
    if (told
        || allocation.getClientStatus().equals(Statuses.LOST)
        || allocation.getClientStatus().equals(Statuses.COMPLETE)) {
      return new Fate.Gone();
    }
    return failed(allocation, group);
  }

  /**
   * Whether it ran to its end by itself: one that was killed on the way has its work still to do.
   */
  private static boolean succeeded(Allocation allocation) {
    Collection<TaskState> states = allocation.getTaskStatesMap().values();
    if (!allocation.getClientStatus().equals(Statuses.COMPLETE)
        || states.stream().anyMatch(TaskState::getFailed)) {
      return false;
    }
    return !Statuses.serverTerminal(allocation)
        || !states.isEmpty() && states.stream().noneMatch(Fates::killed);
  }

  private static boolean killed(TaskState state) {
    return state.getEventsList().stream().map(TaskEvent::getType).anyMatch(KILLS::contains);
  }

  private Fate failed(Allocation allocation, TaskGroup group) {
    if (!allocation.getNextAllocation().isEmpty()) {
      return new Fate.Gone();
    }
    if (allocation.getDesiredTransition().getForceReschedule()) {
      return new Fate.Reschedule();
    }
    OptionalLong due = Rescheduling.due(allocation, group.getReschedulePolicy());
    if (due.isEmpty()) {
      return new Fate.Kept();
    }
    boolean awaited = allocation.getFollowupEvalId().equals(evaluationId);
    return awaited || due.getAsLong() - now <= SOON
        ? new Fate.Reschedule()
        : new Fate.RescheduleLater(due.getAsLong());
  }

  private Fate away(Allocation allocation, TaskGroup group, boolean nodeForgotten) {
    boolean known = allocation.getClientStatus().equals(Statuses.UNKNOWN);
    boolean ran = known || allocation.getClientStatus().equals(Statuses.RUNNING);
    if (!nodeForgotten && ran && !known && grace(group) > 0) {
      return new Fate.LostLater(Rescheduling.later(now, grace(group)));
    }
    if (nodeForgotten || !ran || !waitsForNode(group)) {
      return new Fate.Lost();
    }
    long patience = patience(group);
    if (patience == 0) {
      return new Fate.Away(replacesAway(group), 0, known);
    }
    long until = Rescheduling.later(known ? unknownSince(allocation) : now, patience);
    return until - now <= SOON && known
        ? new Fate.Lost()
        : new Fate.Away(replacesAway(group), until, known);
  }

  private static boolean waitsForNode(TaskGroup group) {
    return patience(group) > 0 || !replacesAway(group);
  }

  private static boolean replacesAway(TaskGroup group) {
    DisconnectStrategy disconnect = group.getDisconnect();
    boolean kept = group.hasDisconnect() && disconnect.hasReplace() && !disconnect.getReplace();
    return !kept && !group.getPreventRescheduleOnLost();
  }

  private static long patience(TaskGroup group) {
    return group.getDisconnect().hasLostAfter()
        ? group.getDisconnect().getLostAfter()
        : group.getMaxClientDisconnect();
  }

  /** How long a node that is cut off lets an allocation run before it stops it. Nanoseconds. */
  private static long grace(TaskGroup group) {
    return group.getDisconnect().hasStopOnClientAfter()
        ? group.getDisconnect().getStopOnClientAfter()
        : group.getStopAfterClientDisconnect();
  }

  private long unknownSince(Allocation allocation) {
    return allocation.getAllocStatesList().stream()
        .filter(state -> state.getValue().equals(Statuses.UNKNOWN))
        .mapToLong(AllocState::getTime)
        .max()
        .orElse(allocation.getModifyTime());
  }
}
