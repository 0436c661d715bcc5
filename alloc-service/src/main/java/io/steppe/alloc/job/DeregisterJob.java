package io.steppe.alloc.job;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.JobStatus;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DesiredTransition;
import io.steppe.rpc.v1.DeregisterJobReply;
import java.time.Instant;

/**
 * Stops a job, or forgets it altogether; its allocations end by the evaluation made in the same
 * commit. An unknown job gets an evaluation too: allocations of a job purged before may be left.
 *
 * @param purge whether the job itself goes
 * @param evaluationPriority 0 for the job's
 * @param noShutdownDelay its tasks are not to wait before they are killed
 */
record DeregisterJob(
    JobKey key,
    boolean purge,
    long evaluationPriority,
    boolean noShutdownDelay,
    String evaluationId)
    implements Decision<AllocView, DeregisterJobReply> {
  private static final String DEREGISTERED = "JobDeregistered";

  @Override
  public Outcome<DeregisterJobReply> decide(AllocView view, long index, Instant now) {
    var edit = new Edit(view, index, now);
    var existing = view.job(key);
    existing.ifPresent(
        job -> {
          if (purge) {
            edit.deleteJob(job, DEREGISTERED);
            JobVersions.release(edit, key);
          } else {
            edit.putVersion(
                job.toBuilder().setStop(true).setVersion(job.getVersion() + 1).build(),
                DEREGISTERED);
            JobVersions.trim(edit, key);
          }
        });
    if (noShutdownDelay) {
      view.allocationsOf(key).stream()
          .filter(allocation -> !Statuses.terminal(allocation))
          .forEach(allocation -> edit.putDesired(hurried(allocation), DEREGISTERED));
    }
    var reply = DeregisterJobReply.newBuilder().setJobModifyIndex(index).setIndex(index);
    if (existing.isEmpty() || !JobStatus.makesOthers(existing.get())) {
      var evaluation =
          Evaluations.of(evaluationId, key, existing, Evaluations.JOB_DEREGISTER).toBuilder()
              .setJobModifyIndex(index);
      if (evaluationPriority != 0) {
        evaluation.setPriority(evaluationPriority);
      }
      edit.put(evaluation.build(), DEREGISTERED);
      reply.setEvalId(evaluationId).setEvalCreateIndex(index);
    }
    return edit.outcome(reply.build());
  }

  private static Allocation hurried(Allocation allocation) {
    return allocation.toBuilder()
        .setDesiredTransition(
            DesiredTransition.newBuilder(allocation.getDesiredTransition())
                .setNoShutdownDelay(true))
        .build();
  }
}
