package io.steppe.alloc.plan;

import io.steppe.alloc.evaluation.EvaluationState;
import io.steppe.alloc.evaluation.EvaluationState.Step;
import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.scheduler.Plan;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.Stop;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.JobKey;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.PlanReply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Applies a plan, if the state it was made for still holds where it matters: the evaluation is
 * open, the job is the one that was looked at, and no other plan of the job came between. What does
 * not fit its node any more is left out, node by node; then the evaluation stays open. So two
 * replicas that decide one evaluation waste work, and never place too much.
 *
 * @param jobModifyIndex of the job in the plan's snapshot; 0 when there was none
 * @param blockedId id of the evaluation that waits for room, should one be needed
 */
public record ApplyPlan(Plan plan, long jobModifyIndex, String blockedId)
    implements Decision<AllocView, PlanReply> {
  /** Event type of what a plan changes. */
  static final String PLAN_RESULT = "PlanResult";

  private static final String WAITS_FOR_ROOM = "created to place remaining allocations";
  private static final String NEWER_BLOCKED = "superseded by a newer blocked evaluation";

  @Override
  public Outcome<PlanReply> decide(AllocView view, long index, Instant now) {
    var evaluation = view.evaluation(plan.evaluationId()).filter(EvaluationState::isOpen);
    if (evaluation.isEmpty()) {
      return refused("evaluation " + plan.evaluationId() + " is not pending");
    }
    var key = JobKey.of(evaluation.get());
    if (view.job(key).map(Job::getJobModifyIndex).orElse(0L) != jobModifyIndex) {
      return refused("job " + key.id() + " has changed");
    }
    if (view.lastPlan(key) > plan.snapshotIndex()) {
      return refused("a newer plan of job " + key.id() + " was applied");
    }
    var edit = new Edit(view, index, now);
    var cut = cut(view, key);
    changeAllocations(edit, cut);
    plan.followUps().stream()
        .filter(followUp -> !looksAnyway(view, key, followUp))
        .forEach(followUp -> edit.put(followUp, Evaluations.UPDATED));
    if (cut.nodes().isEmpty()) {
      close(edit, evaluation.get());
    }
    return edit.outcome(
        PlanReply.newBuilder()
            .setIndex(edit.isEmpty() ? 0 : index)
            .addAllRefusedNodes(cut.nodes())
            .build());
  }

  /** Whether an evaluation for the next step of an update is one too many: another comes before. */
  private static boolean looksAnyway(AllocView view, JobKey key, Evaluation followUp) {
    return followUp.getTriggeredBy().equals(Evaluations.ROLLING_UPDATE)
        && view.openEvaluationsOf(key).stream()
            .filter(other -> other.getTriggeredBy().equals(Evaluations.ROLLING_UPDATE))
            .filter(other -> other.getWaitUntil() >= followUp.getCreateTime())
            .anyMatch(
                other ->
                    EvaluationState.of(other) instanceof EvaluationState.Pending
                        && other.getWaitUntil() <= followUp.getWaitUntil());
  }

  private static Outcome<PlanReply> refused(String why) {
    return new Outcome.Refused<>(Failure.conflict(why));
  }

  /**
   * What is left out of a plan.
   *
   * @param nodes those on which not all of it fits
   * @param held allocations that go on for now, since what was to take their place is left out
   */
  private record Cut(Set<String> nodes, Set<String> held) {}

  /** What does not fit; all of a job that wants all or none. */
  private Cut cut(AllocView view, JobKey key) {
    var takes = takes(view);
    boolean allOrNone = view.job(key).map(Job::getAllAtOnce).orElse(false);
    var nodes = new HashSet<String>();
    var held = new HashSet<String>();
    // What is held gives no room to others, so more may not fit.
    while (nodes.addAll(refused(view, takes, nodes, held))) {
      if (allOrNone) {
        nodes.addAll(takes.keySet());
      }
      held.addAll(replacedOn(nodes));
    }
    return new Cut(nodes, held);
  }

  private Map<String, List<Allocation>> takes(AllocView view) {
    Map<String, List<Allocation>> takes = new HashMap<>();
    plan.placements()
        .forEach(
            placed ->
                takes.computeIfAbsent(placed.getNodeId(), node -> new ArrayList<>()).add(placed));
    for (var update : plan.inPlaceUpdates()) {
      view.allocation(update.allocationId())
          .ifPresent(
              before ->
                  takes
                      .computeIfAbsent(update.nodeId(), node -> new ArrayList<>())
                      .add(update.applyTo(before)));
    }
    return takes;
  }

  private Set<String> refused(
      AllocView view, Map<String, List<Allocation>> takes, Set<String> known, Set<String> held) {
    Map<String, Set<String>> frees = new HashMap<>();
    plan.stops().stream()
        .filter(stop -> !held.contains(stop.allocationId()))
        .forEach(
            stop ->
                frees
                    .computeIfAbsent(stop.nodeId(), node -> new HashSet<>())
                    .add(stop.allocationId()));
    var refused = new HashSet<String>();
    takes.forEach(
        (node, taken) -> {
          if (!known.contains(node)
              && view.fleet()
                  .refusal(node, taken, frees.getOrDefault(node, Set.of()))
                  .isPresent()) {
            refused.add(node);
          }
        });
    return refused;
  }

  /** Allocations that the plan replaces by others on these nodes. */
  private Set<String> replacedOn(Set<String> nodes) {
    var replaced = new HashSet<String>();
    plan.placements().stream()
        .filter(placed -> nodes.contains(placed.getNodeId()))
        .map(Allocation::getPreviousAllocation)
        .filter(previous -> !previous.isEmpty())
        .forEach(replaced::add);
    return replaced;
  }

  private void changeAllocations(Edit edit, Cut cut) {
    for (var stop : plan.stops()) {
      if (!cut.nodes().contains(stop.nodeId()) && !cut.held().contains(stop.allocationId())) {
        change(edit, stop.allocationId(), before -> stopped(stop, before));
      }
    }
    for (var note : plan.notes()) {
      edit.view()
          .allocation(note.allocationId())
          .filter(before -> !Statuses.clientTerminal(before) || note.clientStatus().isEmpty())
          .ifPresent(before -> edit.putDesired(note.applyTo(before), PLAN_RESULT));
    }
    for (var update : plan.inPlaceUpdates()) {
      if (!cut.nodes().contains(update.nodeId())) {
        change(edit, update.allocationId(), update::applyTo);
      }
    }
    for (var placed : plan.placements()) {
      if (!cut.nodes().contains(placed.getNodeId())) {
        place(edit, placed);
      }
    }
  }

  private static void change(
      Edit edit, String id, java.util.function.UnaryOperator<Allocation> how) {
    edit.view().allocation(id).ifPresent(before -> edit.putDesired(how.apply(before), PLAN_RESULT));
  }

  private static void place(Edit edit, Allocation placed) {
    edit.putDesired(placed, PLAN_RESULT);
    edit.view()
        .allocation(placed.getPreviousAllocation())
        .map(before -> before.toBuilder().setNextAllocation(placed.getId()).build())
        .ifPresent(before -> edit.putReported(before, PLAN_RESULT));
  }

  /** What its node has already said of an allocation's end is not overruled. */
  private static Allocation stopped(Stop stop, Allocation before) {
    if (!Statuses.clientTerminal(before)) {
      return stop.applyTo(before);
    }
    return new Stop(
            stop.allocationId(),
            stop.nodeId(),
            stop.desiredStatus(),
            stop.description(),
            Optional.empty(),
            stop.followUpEvaluationId())
        .applyTo(before);
  }

  private void close(Edit edit, Evaluation evaluation) {
    if (plan.blocked().isPresent()
        && EvaluationState.of(evaluation) instanceof EvaluationState.Blocked) {
      reblock(edit, evaluation);
      return;
    }
    plan.blocked().ifPresent(room -> edit.put(blocked(evaluation, room), Evaluations.UPDATED));
    edit.put(finished(evaluation), Evaluations.UPDATED);
    edit.view().openEvaluationsOf(JobKey.of(evaluation)).stream()
        .filter(other -> !other.getId().equals(blockedId))
        .forEach(other -> closeOther(edit, evaluation, other));
  }

  /** An evaluation that was woken in vain; nothing to write when it knows no more than before. */
  private void reblock(Edit edit, Evaluation evaluation) {
    var again = waiting(recorded(evaluation), plan.blocked().orElseThrow());
    var same = again.toBuilder().setSnapshotIndex(evaluation.getSnapshotIndex()).build();
    if (!plan.changesNothing() || !same.equals(evaluation)) {
      edit.put(again, Evaluations.UPDATED);
    }
  }

  private Evaluation blocked(Evaluation evaluation, Plan.Blocked room) {
    return waiting(
        recorded(Evaluations.following(evaluation, blockedId, Evaluations.QUEUED_ALLOCS)), room);
  }

  private static Evaluation waiting(Evaluation evaluation, Plan.Blocked room) {
    return EvaluationState.of(evaluation)
        .after(new Step.Block())
        .orElseThrow()
        .in(evaluation)
        .toBuilder()
        .setStatusDescription(WAITS_FOR_ROOM)
        .clearClassEligibility()
        .putAllClassEligibility(room.classEligibility())
        .setEscapedComputedClass(room.escaped())
        .build();
  }

  private Evaluation finished(Evaluation evaluation) {
    var closed =
        EvaluationState.of(evaluation)
            .after(new Step.Finish())
            .orElseThrow()
            .in(recorded(evaluation));
    return plan.blocked().isPresent()
        ? closed.toBuilder().setBlockedEval(blockedId).build()
        : closed;
  }

  private Evaluation recorded(Evaluation evaluation) {
    return evaluation.toBuilder()
        .clearQueuedAllocations()
        .putAllQueuedAllocations(plan.queued())
        .clearFailedTgAllocs()
        .putAllFailedTgAllocs(plan.failedTaskGroups())
        .setSnapshotIndex(plan.snapshotIndex())
        .build();
  }

  /**
   * What else was open for the job: what waited for the scheduler when the plan's snapshot was
   * taken is done by this plan too; what waited for room is replaced, or has it now.
   */
  private void closeOther(Edit edit, Evaluation evaluation, Evaluation other) {
    switch (EvaluationState.of(other)) {
      case EvaluationState.Pending(var from) -> {
        if (other.getCreateIndex() <= plan.snapshotIndex() && from <= edit.now()) {
          edit.put(finished(other), Evaluations.UPDATED);
        }
      }
      case EvaluationState.Blocked blocked -> {
        var why =
            plan.blocked().isPresent()
                ? NEWER_BLOCKED
                : "evaluation \"" + evaluation.getId() + "\" successful";
        edit.put(blocked.after(new Step.Cancel(why)).orElseThrow().in(other), Evaluations.UPDATED);
      }
      case EvaluationState.Complete _, EvaluationState.Failed _, EvaluationState.Canceled _ -> {
        // Only open ones come here.
      }
    }
  }
}
