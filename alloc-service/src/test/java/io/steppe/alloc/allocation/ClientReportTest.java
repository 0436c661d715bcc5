package io.steppe.alloc.allocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Region;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskState;
import io.steppe.rpc.v1.UpdateFromClientReply;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ClientReportTest {
  private static Allocation placed(Region region, Job job) {
    var allocation = Region.allocation(job, "n1", "e1");
    region.edit(
        edit -> {
          edit.putVersion(job, "JobRegistered");
          edit.putDesired(allocation, "PlanResult");
          return edit;
        });
    return allocation;
  }

  private static UpdateFromClientReply report(Region region, Allocation... reports) {
    return region.commit(
        UpdateFromClientReply.parser(), new ClientReport(List.of(reports), new Random(1)));
  }

  private static Allocation said(Allocation allocation, String status) {
    return Allocation.newBuilder()
        .setId(allocation.getId())
        .setClientStatus(status)
        .putTaskStates(
            "task",
            TaskState.newBuilder().setState(status.equals("running") ? "running" : "dead").build())
        .build();
  }

  private static List<Evaluation> evaluations(Region region, Job job) {
    return List.copyOf(region.view().evaluationsOf(JobKey.of(job)));
  }

  @Test
  void aRunningTaskMakesItsJobRun() {
    try (var region = new Region()) {
      var job = Region.job("web", "service", 1);
      var allocation = placed(region, job);
      report(region, said(allocation, "running"));
      var stored = region.view().allocation(allocation.getId()).orElseThrow();
      assertEquals("running", stored.getClientStatus());
      assertEquals("running", stored.getTaskStatesOrThrow("task").getState());
      assertEquals("running", region.view().job(JobKey.of(job)).orElseThrow().getStatus());
      assertTrue(evaluations(region, job).isEmpty());
    }
  }

  @Test
  void aServiceThatEndsIsEvaluatedInTheSameCommit() {
    try (var region = new Region()) {
      var job = Region.job("web", "service", 1);
      var allocation = placed(region, job);
      var index = report(region, said(allocation, "failed")).getIndex();
      var evaluation = evaluations(region, job).getFirst();
      assertEquals("alloc-failure", evaluation.getTriggeredBy());
      assertEquals(index, evaluation.getCreateIndex());
      assertEquals(
          index, region.view().allocation(allocation.getId()).orElseThrow().getModifyIndex());
    }
  }

  @Test
  void aBatchJobThatCompletesIsDead() {
    try (var region = new Region()) {
      var job = Region.job("sum", "batch", 1);
      var allocation = placed(region, job);
      report(region, said(allocation, "complete"));
      assertTrue(evaluations(region, job).isEmpty());
      assertEquals("dead", region.view().job(JobKey.of(job)).orElseThrow().getStatus());
    }
  }

  @Test
  void theEndOfOneThatWasToldToStopIsNoLoss() {
    try (var region = new Region()) {
      var job = Region.job("web", "service", 1);
      var allocation = placed(region, job);
      region.edit(
          edit -> {
            edit.putDesired(
                edit.view().allocation(allocation.getId()).orElseThrow().toBuilder()
                    .setDesiredStatus("stop")
                    .build(),
                "PlanResult");
            return edit;
          });
      report(region, said(allocation, "complete"));
      assertTrue(evaluations(region, job).isEmpty());
    }
  }

  @Test
  void anUpdateGoesOnWhenANewVersionRuns() {
    try (var region = new Region()) {
      var job = Region.job("web", "service", 2);
      var old = placed(region, job);
      var newer = job.toBuilder().setVersion(1).build();
      var next = Region.allocation(newer, "n1", "e2");
      region.edit(
          edit -> {
            edit.putVersion(newer, "JobRegistered");
            edit.putDesired(next, "PlanResult");
            return edit;
          });
      report(region, said(old, "running"));
      assertTrue(evaluations(region, job).isEmpty());
      report(region, said(next, "running"));
      assertEquals("rolling-update", evaluations(region, job).getFirst().getTriggeredBy());
    }
  }

  @Test
  void unknownAllocationsAreLeftOut() {
    try (var region = new Region()) {
      var before = region.latest().index();
      var reply =
          report(region, said(Region.allocation(Region.job("a", "batch", 1), "n", "e"), "running"));
      assertEquals(before, reply.getIndex());
      assertEquals(before, region.latest().index());
    }
  }

  @Provide
  Arbitrary<List<String>> histories() {
    return Arbitraries.of("pending", "running", "complete", "failed", "lost", "unknown")
        .list()
        .ofMaxSize(8);
  }

  @Property(tries = 200)
  void whatEndedStaysEndedAndWhatIsSaidTwiceCountsOnce(@ForAll("histories") List<String> history) {
    try (var region = new Region()) {
      var job = Region.job("web", "service", 1);
      var allocation = placed(region, job);
      boolean ended = false;
      for (var status : history) {
        report(region, said(allocation, status));
        var once = region.latest();
        report(region, said(allocation, status));
        assertEquals(once.index(), region.latest().index());
        var now = once.view().allocation(allocation.getId()).orElseThrow().getClientStatus();
        ended |= now.equals("complete") || now.equals("failed") || now.equals("lost");
        if (ended) {
          assertTrue(List.of("complete", "failed", "lost").contains(now), now);
        }
      }
      long failures =
          evaluations(region, job).stream()
              .filter(e -> e.getTriggeredBy().equals("alloc-failure"))
              .count();
      assertEquals(ended ? 1 : 0, failures);
    }
  }

  @Test
  void aRepeatedRequestGetsItsFirstAnswer() {
    try (var region = new Region()) {
      var job = Region.job("web", "service", 1);
      var allocation = placed(region, job);
      var request = Region.id();
      var decision = new ClientReport(List.of(said(allocation, "failed")), new Random(1));
      var first = region.commit(request, UpdateFromClientReply.parser(), decision);
      assertEquals(first, region.commit(request, UpdateFromClientReply.parser(), decision));
      assertEquals(1, evaluations(region, job).size());
    }
  }
}
