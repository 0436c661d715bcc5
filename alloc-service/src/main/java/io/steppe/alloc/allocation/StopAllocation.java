package io.steppe.alloc.allocation;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.JobKey;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StopAllocationReply;
import java.time.Instant;

/** Has an allocation moved: it ends and, if its job still wants it, another takes its place. */
record StopAllocation(String allocationId, boolean noShutdownDelay, String evaluationId)
    implements Decision<AllocView, StopAllocationReply> {
  private static final String TRANSITION = "AllocationUpdateDesiredStatus";

  @Override
  public Outcome<StopAllocationReply> decide(AllocView view, long index, Instant now) {
    var known = view.allocation(allocationId);
    if (known.isEmpty()) {
      return new Outcome.Refused<>(Failure.notFound("allocation not found"));
    }
    var allocation = known.get();
    var edit = new Edit(view, index, now);
    var transition =
        allocation.getDesiredTransition().toBuilder().setMigrate(true).clearDrainStartedAt();
    if (noShutdownDelay) {
      transition.setNoShutdownDelay(true);
    }
    edit.putDesired(allocation.toBuilder().setDesiredTransition(transition).build(), TRANSITION);
    var key = JobKey.of(allocation);
    edit.put(Evaluations.of(evaluationId, key, view.job(key), Evaluations.ALLOC_STOP), TRANSITION);
    return edit.outcome(
        StopAllocationReply.newBuilder().setEvalId(evaluationId).setIndex(index).build());
  }
}
