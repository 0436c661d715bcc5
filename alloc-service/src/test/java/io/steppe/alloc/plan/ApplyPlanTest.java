package io.steppe.alloc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.scheduler.Plan;
import io.steppe.alloc.scheduler.Stop;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Region;
import io.steppe.proto.v1.AllocMetric;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.PlanReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ApplyPlanTest {
  private static final Plan.Blocked NO_ROOM = new Plan.Blocked(Map.of("v1:300-1000", true), false);

  private static Job register(Region region, String id) {
    region.edit(
        edit -> {
          edit.putVersion(Region.job(id, "service", 2), "JobRegistered");
          return edit;
        });
    return region.view().job(new JobKey("default", id)).orElseThrow();
  }

  private static Evaluation evaluation(Region region, Job job) {
    var evaluation = Evaluations.of(Region.id(), job, Evaluations.JOB_REGISTER);
    region.edit(
        edit -> {
          edit.put(evaluation, "JobRegistered");
          return edit;
        });
    return region.view().evaluation(evaluation.getId()).orElseThrow();
  }

  private static Plan plan(
      Evaluation evaluation,
      long index,
      List<Allocation> placements,
      List<Stop> stops,
      Optional<Plan.Blocked> blocked) {
    Map<String, AllocMetric> failed =
        blocked.isPresent()
            ? Map.of("web", AllocMetric.newBuilder().setNodesEvaluated(1).build())
            : Map.of();
    return new Plan(
        evaluation.getId(),
        index,
        placements,
        List.of(),
        stops,
        List.of(),
        failed,
        Map.of("web", blocked.isPresent() ? 1L : 0L),
        List.of(),
        blocked,
        Map.of(),
        false);
  }

  private static PlanReply apply(Region region, Job job, Plan plan) {
    return region.commit(
        PlanReply.parser(), new ApplyPlan(plan, job.getJobModifyIndex(), Region.id()));
  }

  private static Failure refusal(Region region, Job job, Plan plan) {
    return assertThrows(Failure.class, () -> apply(region, job, plan));
  }

  private static List<Allocation> placements(Job job, Evaluation evaluation, String... nodes) {
    return List.of(nodes).stream()
        .map(node -> Region.allocation(job, node, evaluation.getId()))
        .toList();
  }

  @Test
  void aPlanPlacesAndCompletesUnderOneIndex() {
    try (var region = new Region()) {
      region.put(Region.node("n1", 300, 1000));
      var job = register(region, "web");
      var evaluation = evaluation(region, job);
      var placed = placements(job, evaluation, "n1", "n1");
      var reply =
          apply(
              region,
              job,
              plan(evaluation, region.latest().index(), placed, List.of(), Optional.empty()));
      var view = region.view();
      assertEquals(List.of(), reply.getRefusedNodesList());
      assertEquals(2, view.allocationsOf(JobKey.of(job)).size());
      assertTrue(
          view.allocationsOf(JobKey.of(job)).stream()
              .allMatch(
                  each ->
                      each.getCreateIndex() == reply.getIndex()
                          && each.getAllocModifyIndex() == reply.getIndex()));
      var done = view.evaluation(evaluation.getId()).orElseThrow();
      assertEquals("complete", done.getStatus());
      assertEquals(reply.getIndex(), done.getModifyIndex());
      assertEquals(Map.of("web", 0L), done.getQueuedAllocationsMap());
      assertEquals("running", view.job(JobKey.of(job)).orElseThrow().getStatus());
      assertEquals(
          job.getJobModifyIndex(), view.job(JobKey.of(job)).orElseThrow().getJobModifyIndex());
    }
  }

  @Test
  void aClosedEvaluationTakesNoPlan() {
    try (var region = new Region()) {
      region.put(Region.node("n1", 300, 1000));
      var job = register(region, "web");
      var evaluation = evaluation(region, job);
      var index = region.latest().index();
      apply(region, job, plan(evaluation, index, List.of(), List.of(), Optional.empty()));
      var again =
          plan(evaluation, index, placements(job, evaluation, "n1"), List.of(), Optional.empty());
      assertEquals(Kind.CONFLICT, refusal(region, job, again).kind());
      assertTrue(region.view().allocations().isEmpty());
    }
  }

  @Test
  void aPlanForAnOlderJobIsRefused() {
    try (var region = new Region()) {
      var job = register(region, "web");
      var evaluation = evaluation(region, job);
      var index = region.latest().index();
      register(region, "web");
      assertEquals(
          Kind.CONFLICT,
          refusal(region, job, plan(evaluation, index, List.of(), List.of(), Optional.empty()))
              .kind());
    }
  }

  @Test
  void aPlanMadeBeforeAnotherOfItsJobIsRefused() {
    try (var region = new Region()) {
      region.put(Region.node("n1", 1000, 1000));
      var job = register(region, "web");
      var one = evaluation(region, job);
      var two = evaluation(region, job);
      var index = two.getCreateIndex() - 1;
      apply(
          region,
          job,
          plan(one, index, placements(job, one, "n1", "n1"), List.of(), Optional.empty()));
      var late = plan(two, index, placements(job, two, "n1", "n1"), List.of(), Optional.empty());
      assertEquals(Kind.CONFLICT, refusal(region, job, late).kind());
      assertEquals(2, region.view().allocations().size());
    }
  }

  @Test
  void whatDoesNotFitIsLeftOutNodeByNode() {
    try (var region = new Region()) {
      region.put(Region.node("n1", 150, 1000));
      region.put(Region.node("n2", 150, 1000));
      var job = register(region, "web");
      var evaluation = evaluation(region, job);
      var placed = placements(job, evaluation, "n1", "n2", "n2");
      var reply =
          apply(
              region,
              job,
              plan(evaluation, region.latest().index(), placed, List.of(), Optional.empty()));
      assertEquals(List.of("n2"), reply.getRefusedNodesList());
      assertEquals(1, region.view().allocations().size());
      assertEquals(
          "pending", region.view().evaluation(evaluation.getId()).orElseThrow().getStatus());
    }
  }

  @Test
  void allAtOnceMeansAllOrNothing() {
    try (var region = new Region()) {
      region.put(Region.node("n1", 150, 1000));
      region.put(
          Region.node("n2", 150, 1000).toBuilder().setSchedulingEligibility("ineligible").build());
      region.edit(
          edit -> {
            edit.putVersion(
                Region.job("web", "batch", 2).toBuilder().setAllAtOnce(true).build(),
                "JobRegistered");
            return edit;
          });
      var job = region.view().job(new JobKey("default", "web")).orElseThrow();
      var evaluation = evaluation(region, job);
      var placed = placements(job, evaluation, "n1", "n2");
      var reply =
          apply(
              region,
              job,
              plan(evaluation, region.latest().index(), placed, List.of(), Optional.empty()));
      assertEquals(2, reply.getRefusedNodesCount());
      assertEquals(0, reply.getIndex());
      assertTrue(region.view().allocations().isEmpty());
    }
  }

  @Test
  void aStopFreesItsRoomInTheSamePlan() {
    try (var region = new Region()) {
      region.put(Region.node("n1", 150, 1000));
      var job = register(region, "web");
      var first = evaluation(region, job);
      var old = placements(job, first, "n1").getFirst();
      apply(
          region,
          job,
          plan(first, region.latest().index(), List.of(old), List.of(), Optional.empty()));
      var second = evaluation(region, job);
      var next =
          placements(job, second, "n1").getFirst().toBuilder()
              .setPreviousAllocation(old.getId())
              .build();
      var stop =
          new Stop(old.getId(), "n1", "stop", "alloc is being updated", Optional.empty(), "");
      var reply =
          apply(
              region,
              job,
              plan(
                  second, region.latest().index(), List.of(next), List.of(stop), Optional.empty()));
      assertEquals(0, reply.getRefusedNodesCount());
      assertEquals("stop", region.view().allocation(old.getId()).orElseThrow().getDesiredStatus());
      assertEquals(
          next.getId(), region.view().allocation(old.getId()).orElseThrow().getNextAllocation());
    }
  }

  @Test
  void whatIsReplacedGoesOnWhereItsReplacementDoesNotFit() {
    try (var region = new Region()) {
      region.put(Region.node("old", 100, 1000));
      region.put(Region.node("full", 50, 1000));
      var job = register(region, "web");
      var running = Region.allocation(job, "old", "e");
      region.edit(
          edit -> {
            edit.putDesired(running, "PlanResult");
            return edit;
          });
      var evaluation = evaluation(region, job);
      var replacement =
          Region.allocation(job, "full", evaluation.getId()).toBuilder()
              .setPreviousAllocation(running.getId())
              .build();
      // Takes the room that the old one would leave.
      var other = Region.allocation(job, "old", evaluation.getId());
      var stop =
          new Stop(running.getId(), "old", "stop", "alloc is being migrated", Optional.empty(), "");
      var reply =
          apply(
              region,
              job,
              plan(
                  evaluation,
                  region.latest().index(),
                  List.of(replacement, other),
                  List.of(stop),
                  Optional.empty()));
      assertEquals(Set.of("full", "old"), Set.copyOf(reply.getRefusedNodesList()));
      var view = region.view();
      assertEquals(1, view.allocations().size());
      assertEquals("run", view.allocation(running.getId()).orElseThrow().getDesiredStatus());
      assertEquals("pending", view.evaluation(evaluation.getId()).orElseThrow().getStatus());
    }
  }

  @Test
  void whatFoundNoRoomWaitsInOneBlockedEvaluation() {
    try (var region = new Region()) {
      var job = register(region, "web");
      var one = evaluation(region, job);
      apply(
          region,
          job,
          plan(one, region.latest().index(), List.of(), List.of(), Optional.of(NO_ROOM)));
      var two = evaluation(region, job);
      apply(
          region,
          job,
          plan(two, region.latest().index(), List.of(), List.of(), Optional.of(NO_ROOM)));
      var view = region.view();
      var blocked =
          view.evaluationsOf(JobKey.of(job)).stream()
              .filter(each -> each.getStatus().equals("blocked"))
              .toList();
      assertEquals(1, blocked.size());
      assertEquals(
          view.evaluation(two.getId()).orElseThrow().getBlockedEval(), blocked.getFirst().getId());
      assertEquals(two.getId(), blocked.getFirst().getPreviousEval());
      assertEquals("queued-allocs", blocked.getFirst().getTriggeredBy());
      assertEquals(Map.of("v1:300-1000", true), blocked.getFirst().getClassEligibilityMap());
      assertEquals("pending", view.job(JobKey.of(job)).orElseThrow().getStatus());
      assertEquals(
          1,
          view.evaluationsOf(JobKey.of(job)).stream()
              .filter(each -> each.getStatus().equals("canceled"))
              .count());
    }
  }

  @Test
  void aBlockedEvaluationTriedInVainStaysAndWritesNothing() {
    try (var region = new Region()) {
      var job = register(region, "web");
      var one = evaluation(region, job);
      apply(
          region,
          job,
          plan(one, region.latest().index(), List.of(), List.of(), Optional.of(NO_ROOM)));
      var id = region.view().evaluation(one.getId()).orElseThrow().getBlockedEval();
      var blocked = region.view().evaluation(id).orElseThrow();
      var before = region.latest().index();
      var reply =
          apply(region, job, plan(blocked, before, List.of(), List.of(), Optional.of(NO_ROOM)));
      assertEquals(0, reply.getIndex());
      assertEquals(before, region.latest().index());
      assertEquals("blocked", region.view().evaluation(id).orElseThrow().getStatus());
    }
  }

  @Test
  void aPlanDoesTheWorkOfOlderEvaluationsOfItsJob() {
    try (var region = new Region()) {
      var job = register(region, "web");
      var older = evaluation(region, job);
      var newer = evaluation(region, job);
      var index = region.latest().index();
      var after = evaluation(region, job);
      apply(region, job, plan(newer, index, List.of(), List.of(), Optional.empty()));
      assertEquals("complete", region.view().evaluation(older.getId()).orElseThrow().getStatus());
      assertEquals("pending", region.view().evaluation(after.getId()).orElseThrow().getStatus());
    }
  }

  @Test
  void whatItsNodeSaidOfAnEndIsNotOverruled() {
    try (var region = new Region()) {
      region.put(Region.node("n1", 150, 1000));
      var job = register(region, "web");
      var evaluation = evaluation(region, job);
      var done =
          Region.allocation(job, "n1", evaluation.getId()).toBuilder()
              .setClientStatus("complete")
              .build();
      region.edit(
          edit -> {
            edit.putDesired(done, "PlanResult");
            return edit;
          });
      var stop =
          new Stop(
              done.getId(),
              "n1",
              "stop",
              "alloc is lost since its node is down",
              Optional.of("lost"),
              "");
      apply(
          region,
          job,
          plan(evaluation, region.latest().index(), List.of(), List.of(stop), Optional.empty()));
      assertEquals(
          "complete", region.view().allocation(done.getId()).orElseThrow().getClientStatus());
    }
  }

  /**
   * @param staleness how many indexes its snapshot is behind
   */
  record Attempt(int job, int evaluation, int staleness, List<Integer> nodes) {}

  @Provide
  Arbitrary<List<Attempt>> histories() {
    var nodes = Arbitraries.integers().between(0, 3).list().ofMaxSize(5);
    return Combinators.combine(
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 12),
            nodes)
        .as(Attempt::new)
        .list()
        .ofMaxSize(25);
  }

  @Property(tries = 150)
  void noHistoryOfPlansPutsMoreOnANodeThanFits(@ForAll("histories") List<Attempt> history) {
    try (var region = new Region()) {
      IntStream.range(0, 4).forEach(n -> region.put(Region.node("n" + n, 350, 1000)));
      List<Job> jobs = IntStream.range(0, 3).mapToObj(n -> register(region, "job" + n)).toList();
      List<List<Evaluation>> evaluations = new ArrayList<>();
      jobs.forEach(
          job ->
              evaluations.add(
                  IntStream.range(0, 4).mapToObj(n -> evaluation(region, job)).toList()));
      for (var attempt : history) {
        var job = jobs.get(attempt.job());
        var evaluation = evaluations.get(attempt.job()).get(attempt.evaluation());
        var before = region.latest();
        var snapshot = Math.max(0, before.index() - attempt.staleness());
        var placed =
            attempt.nodes().stream()
                .map(n -> Region.allocation(job, "n" + n, evaluation.getId()))
                .toList();
        boolean allowed =
            before.view().evaluation(evaluation.getId()).orElseThrow().getStatus().equals("pending")
                && before.view().lastPlan(JobKey.of(job)) <= snapshot;
        try {
          apply(region, job, plan(evaluation, snapshot, placed, List.of(), Optional.empty()));
          assertTrue(allowed);
        } catch (Failure conflict) {
          assertFalse(allowed);
          assertEquals(before.index(), region.latest().index());
        }
        assertNothingOverfull(region.view());
      }
    }
  }

  private static void assertNothingOverfull(AllocView view) {
    for (var node : view.nodes().keySet()) {
      assertTrue(view.allocationsOn(node).size() <= 3, "four times 100 MHz on 350 MHz of " + node);
      assertEquals(view.allocationsOn(node).size() * 100L, view.fleet().load(node).cpu());
    }
  }
}
