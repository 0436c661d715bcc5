package io.steppe.alloc.evaluation;

import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.fleet.Fleet;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.JobKey;
import io.steppe.ledger.Advance;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What this replica has to decide, and when: follows the log and fills the queue with evaluations
 * of its jobs, delayed ones when their time comes, blocked ones when room appears.
 */
final class Agenda {
  private final EvaluationQueue queue;
  private final ScheduledExecutorService timer;
  private final InstantSource clock;
  private final BlockedEvaluations blocked = new BlockedEvaluations();
  private final Map<String, Future<?>> delayed = new HashMap<>();
  private Ownership ownership;
  private AllocView view = AllocView.empty();
  private long index;

  Agenda(
      EvaluationQueue queue,
      Ownership ownership,
      ScheduledExecutorService timer,
      InstantSource clock) {
    this.queue = queue;
    this.ownership = ownership;
    this.timer = timer;
    this.clock = clock;
  }

  /** A step of the log. */
  synchronized void follow(Advance<AllocView> step) {
    view = step.after().view();
    index = step.after().index();
    queue.pause(view.settings().scheduler().getPauseEvalBroker());
    if (step.reloaded()) {
      plan();
      return;
    }
    for (var logged : step.changes()) {
      switch (logged.change().table()) {
        case Tables.EVALS -> evaluationChanged(step, logged);
        case Tables.ALLOCS -> allocationChanged(step.before().view(), logged);
        case Tables.NODES -> nodeChanged(step.before().view().fleet(), logged);
        default -> {
          // Other tables make no work by themselves.
        }
      }
    }
  }

  /** The jobs are shared out anew. */
  synchronized void share(Ownership changed) {
    if (!changed.equals(ownership)) {
      ownership = changed;
      plan();
    }
  }

  /** An evaluation was tried on the state of an index and stays as it is. */
  synchronized void tried(Evaluation evaluation, long snapshotIndex) {
    if (blocked.tried(evaluation.getId(), snapshotIndex)) {
      queue.offer(evaluation);
    }
  }

  /** Offers an evaluation again after a while. */
  synchronized void retry(String id, Duration delay) {
    delay(id, delay);
  }

  /** Everything anew; blocked ones are tried once, since room may have appeared unseen. */
  private void plan() {
    queue.clear();
    blocked.clear();
    delayed.values().forEach(waiting -> waiting.cancel(false));
    delayed.clear();
    for (var evaluation : view.evaluations().values()) {
      if (EvaluationState.isOpen(evaluation)) {
        boolean isBlocked = EvaluationState.of(evaluation) instanceof EvaluationState.Blocked;
        consider(evaluation);
        if (isBlocked && ownership.owns(JobKey.of(evaluation))) {
          queue.offer(evaluation);
        }
      }
    }
  }

  private void evaluationChanged(Advance<AllocView> step, LoggedChange logged) {
    var id = logged.change().key();
    var current = view.evaluation(id);
    var known = current.or(() -> step.before().view().evaluation(id));
    if (current.isPresent() && EvaluationState.isOpen(current.get())) {
      consider(current.get());
      return;
    }
    known.ifPresent(queue::remove);
    blocked.remove(id);
    var waiting = delayed.remove(id);
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  private void consider(Evaluation evaluation) {
    if (!ownership.owns(JobKey.of(evaluation))) {
      return;
    }
    switch (EvaluationState.of(evaluation)) {
      case EvaluationState.Pending(var from) -> {
        var wait = Duration.between(clock.instant(), Instant.ofEpochSecond(0, from));
        if (from == 0 || wait.isNegative() || wait.isZero()) {
          queue.offer(evaluation);
        } else {
          delay(evaluation.getId(), wait);
        }
      }
      case EvaluationState.Blocked _ -> {
        if (blocked.add(evaluation)) {
          queue.offer(evaluation);
        }
      }
      case EvaluationState.Complete _, EvaluationState.Failed _, EvaluationState.Canceled _ -> {
        // Nothing to do for a closed one.
      }
    }
  }

  private void delay(String id, Duration wait) {
    var before =
        delayed.put(id, timer.schedule(() -> due(id), wait.toNanos(), TimeUnit.NANOSECONDS));
    if (before != null) {
      before.cancel(false);
    }
  }

  private synchronized void due(String id) {
    delayed.remove(id);
    view.evaluation(id)
        .filter(EvaluationState::isOpen)
        .filter(evaluation -> ownership.owns(JobKey.of(evaluation)))
        .ifPresent(queue::offer);
  }

  /** An allocation that ended, was told to, or is gone, gives its room back. */
  private void allocationChanged(AllocView before, LoggedChange logged) {
    var known = before.allocation(logged.change().key());
    if (known.isEmpty() || Statuses.terminal(known.get())) {
      return;
    }
    var current = view.allocation(logged.change().key());
    if (current.isEmpty() || Statuses.terminal(current.get())) {
      room(view.fleet(), known.get());
    }
  }

  private void room(Fleet fleet, Allocation ended) {
    fleet.node(ended.getNodeId()).filter(NodeFacts::ready).ifPresent(this::room);
  }

  /** A node that takes allocations now, or offers something else than before. */
  private void nodeChanged(Fleet before, LoggedChange logged) {
    var current = view.fleet().node(logged.change().key());
    if (current.isEmpty() || !current.get().ready()) {
      return;
    }
    var known = before.node(logged.change().key());
    if (known.isEmpty() || !known.get().equals(current.get())) {
      room(current.get());
    }
  }

  private void room(NodeFacts node) {
    blocked.room(node.computedClass(), index).forEach(queue::offer);
  }
}
