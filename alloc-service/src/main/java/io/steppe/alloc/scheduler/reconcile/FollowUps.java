package io.steppe.alloc.scheduler.reconcile;

import io.steppe.alloc.scheduler.Note;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.Stop;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Evaluations that look at a job again at a later time: one for all that is due at about the same
 * time.
 */
final class FollowUps {
  // Not above what counts as due by now: whatever waits for an evaluation is due when it comes.
  private static final long BATCH = Fates.SOON;

  /** Made for time to pass only: a job needs no more than one for the same time. */
  private static final String ROLLING_UPDATE = "rolling-update";

  private final Job job;
  private final Evaluation evaluation;
  private final Supplier<String> ids;
  private final long now;
  private final List<Due> reschedules = new ArrayList<>();
  private final List<Due> disconnects = new ArrayList<>();

  private final List<Due> losses = new ArrayList<>();

  private long rolling = Long.MAX_VALUE;

  private record Due(Allocation allocation, long at) {}

  FollowUps(Job job, Evaluation evaluation, Supplier<String> ids, long now) {
    this.job = job;
    this.evaluation = evaluation;
    this.ids = ids;
    this.now = now;
  }

  void reschedule(Allocation failed, long at) {
    reschedules.add(new Due(failed, at));
  }

  void disconnect(Allocation away, long at) {
    disconnects.add(new Due(away, at));
  }

  void lost(Allocation lost, long at) {
    losses.add(new Due(lost, at));
  }

  /** An update that is held back may go on then; never where the time is the latest there is. */
  void rolling(long at) {
    rolling = Math.min(rolling, at);
  }

  /** Adds the evaluations, and a mark on each allocation that waits for one. */
  void addTo(Reconciliation result) {
    if (rolling < Long.MAX_VALUE) {
      result.followUps().add(evaluation(ROLLING_UPDATE, Wording.ROLLING, rolling));
    }
    batch(
        reschedules,
        "alloc-failure",
        Wording.DELAYED_RESCHEDULE,
        result,
        (failed, id) ->
            result.notes().add(new Note(failed.getId(), Optional.empty(), "", id, now)));
    batch(
        disconnects,
        "max-disconnect-timeout",
        Wording.DISCONNECT_TIMEOUT,
        result,
        (away, id) ->
            result
                .notes()
                .add(
                    new Note(
                        away.getId(), Optional.of(Statuses.UNKNOWN), Wording.UNKNOWN, id, now)));
    batch(
        losses,
        "alloc-failure",
        Wording.DELAYED_RESCHEDULE,
        result,
        (lost, id) ->
            result
                .stops()
                .add(
                    new Stop(
                        lost.getId(),
                        lost.getNodeId(),
                        Statuses.STOP,
                        Wording.LOST,
                        Optional.of(Statuses.LOST),
                        id)));
  }

  private void batch(
      List<Due> due,
      String trigger,
      String why,
      Reconciliation result,
      BiConsumer<Allocation, String> mark) {
    due.sort(Comparator.comparingLong(Due::at));
    Evaluation last = null;
    for (Due one : due) {
      if (last == null || one.at() - last.getWaitUntil() > BATCH) {
        last = evaluation(trigger, why, one.at());
        result.followUps().add(last);
      }
      mark.accept(one.allocation(), last.getId());
    }
  }

  private Evaluation evaluation(String trigger, String why, long at) {
    return Evaluation.newBuilder()
        .setId(ids.get())
        .setNamespace(evaluation.getNamespace())
        .setPriority(evaluation.getPriority())
        .setType(job.getType())
        .setTriggeredBy(trigger)
        .setJobId(evaluation.getJobId())
        .setJobModifyIndex(job.getModifyIndex())
        .setStatus("pending")
        .setStatusDescription(why)
        .setWaitUntil(at)
        .setPreviousEval(evaluation.getId())
        .setCreateTime(now)
        .setModifyTime(now)
        .build();
  }
}
