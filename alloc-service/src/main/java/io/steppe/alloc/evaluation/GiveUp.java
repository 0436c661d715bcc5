package io.steppe.alloc.evaluation;

import io.steppe.alloc.evaluation.EvaluationState.Step;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.rpc.v1.PlanReply;
import java.time.Duration;
import java.time.Instant;

/**
 * Ends an evaluation for which no plan came about; another one tries again later.
 *
 * @param triggeredBy of the one that follows
 * @param delay until it is tried
 */
record GiveUp(
    String evaluationId, String why, String followUpId, String triggeredBy, Duration delay)
    implements Decision<AllocView, PlanReply> {
  @Override
  public Outcome<PlanReply> decide(AllocView view, long index, Instant now) {
    var edit = new Edit(view, index, now);
    view.evaluation(evaluationId)
        .ifPresent(
            evaluation ->
                EvaluationState.of(evaluation)
                    .after(new Step.GiveUp(why))
                    .ifPresent(
                        failed -> {
                          edit.put(
                              failed.in(evaluation).toBuilder().setNextEval(followUpId).build(),
                              Evaluations.UPDATED);
                          edit.put(
                              Evaluations.following(evaluation, followUpId, triggeredBy).toBuilder()
                                  .setWaitUntil(edit.now() + delay.toNanos())
                                  .build(),
                              Evaluations.UPDATED);
                        }));
    return edit.outcome(PlanReply.newBuilder().setIndex(edit.isEmpty() ? 0 : index).build());
  }
}
