package io.steppe.alloc.scheduler.reconcile;

import io.steppe.alloc.scheduler.Note;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Evaluations that look at a job again at a later time: one for all that is due at about the same
 * time.
 */
final class FollowUps {
  // Not above what counts as due by now: whatever waits for an evaluation is due when it comes.
  private static final long BATCH = Fates.SOON;

  private final Job job;
  private final Evaluation evaluation;
  private final Supplier<String> ids;
  private final long now;
  private final List<Due> reschedules = new ArrayList<>();
  private final List<Due> disconnects = new ArrayList<>();

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

  /** Adds the evaluations, and a mark on each allocation that waits for one. */
  void addTo(Reconciliation result) {
    batch(reschedules, "alloc-failure", Wording.DELAYED_RESCHEDULE, Optional.empty(), "", result);
    batch(
        disconnects,
        "max-disconnect-timeout",
        Wording.DISCONNECT_TIMEOUT,
        Optional.of(Statuses.UNKNOWN),
        Wording.UNKNOWN,
        result);
  }

  private void batch(
      List<Due> due,
      String trigger,
      String why,
      Optional<String> clientStatus,
      String description,
      Reconciliation result) {
    due.sort(Comparator.comparingLong(Due::at));
    Evaluation last = null;
    for (Due one : due) {
      if (last == null || one.at() - last.getWaitUntil() > BATCH) {
        last = evaluation(trigger, why, one.at());
        result.followUps().add(last);
      }
      result
          .notes()
          .add(new Note(one.allocation().getId(), clientStatus, description, last.getId(), now));
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
