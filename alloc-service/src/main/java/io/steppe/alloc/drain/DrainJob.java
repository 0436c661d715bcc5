package io.steppe.alloc.drain;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.scheduler.fleet.Drain;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.JobKey;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.Allocation;
import io.steppe.rpc.v1.PlanReply;
import java.time.Instant;

/**
 * Asks the next allocations of a job to leave draining nodes, and has the job evaluated, in one
 * commit. What is to leave is decided on the state of the commit, so two replicas that do the same
 * never ask too many.
 */
record DrainJob(JobKey key, String evaluationId) implements Decision<AllocView, PlanReply> {
  private static final String TRANSITION = "AllocationUpdateDesiredStatus";

  @Override
  public Outcome<PlanReply> decide(AllocView view, long index, Instant now) {
    var edit = new Edit(view, index, now);
    var draining = JobDrain.decide(view, key, edit.now());
    draining.leave().stream().sorted().forEach(id -> edit.putDesired(asked(view, id), TRANSITION));
    if (draining.changes()) {
      edit.put(
          Evaluations.of(evaluationId, key, view.job(key), Evaluations.NODE_DRAIN), TRANSITION);
    }
    return edit.outcome(PlanReply.newBuilder().setIndex(edit.isEmpty() ? 0 : index).build());
  }

  private static Allocation asked(AllocView view, String id) {
    var allocation = view.allocation(id).orElseThrow();
    long drain =
        view.fleet()
            .node(allocation.getNodeId())
            .flatMap(NodeFacts::drain)
            .map(Drain::startedAt)
            .orElseThrow();
    return allocation.toBuilder()
        .setDesiredTransition(
            allocation.getDesiredTransition().toBuilder().setMigrate(true).setDrainStartedAt(drain))
        .build();
  }
}
