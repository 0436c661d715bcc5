package io.steppe.alloc.job;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.JobKey;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.RegisterJobReply;
import java.time.Instant;
import java.util.Optional;

/**
 * A new evaluation of a job as it is.
 *
 * @param forceReschedule failed allocations are replaced now, whatever their policy says
 */
record EvaluateJob(JobKey key, boolean forceReschedule, String evaluationId)
    implements Decision<AllocView, RegisterJobReply> {
  private static final String TRANSITION = "AllocationUpdateDesiredStatus";

  @Override
  public Outcome<RegisterJobReply> decide(AllocView view, long index, Instant now) {
    var job = view.job(key);
    if (job.isEmpty()) {
      return new Outcome.Refused<>(Failure.notFound(JobEndpoint.NOT_FOUND));
    }
    var refusal = refusal(job.get());
    if (refusal.isPresent()) {
      return new Outcome.Refused<>(refusal.get());
    }
    var edit = new Edit(view, index, now);
    if (forceReschedule) {
      view.allocationsOf(key).stream()
          .filter(allocation -> allocation.getClientStatus().equals(Statuses.FAILED))
          .filter(allocation -> allocation.getNextAllocation().isEmpty())
          .forEach(allocation -> edit.putDesired(forced(allocation), TRANSITION));
    }
    edit.put(
        Evaluations.of(evaluationId, job.get(), Evaluations.JOB_REGISTER), Evaluations.UPDATED);
    return edit.outcome(
        RegisterJobReply.newBuilder()
            .setEvalId(evaluationId)
            .setEvalCreateIndex(index)
            .setJobModifyIndex(job.get().getJobModifyIndex())
            .setIndex(index)
            .build());
  }

  private static Optional<Failure> refusal(Job job) {
    if (job.hasPeriodic()) {
      return Optional.of(Failure.invalid("can't evaluate periodic job"));
    }
    return job.hasParameterizedJob()
        ? Optional.of(Failure.invalid("can't evaluate parameterized job"))
        : Optional.empty();
  }

  private static Allocation forced(Allocation allocation) {
    return allocation.toBuilder()
        .setDesiredTransition(
            allocation.getDesiredTransition().toBuilder().setForceReschedule(true))
        .build();
  }
}
