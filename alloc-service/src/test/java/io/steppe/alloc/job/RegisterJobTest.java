package io.steppe.alloc.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Region;
import io.steppe.ledger.Change;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NodePool;
import io.steppe.proto.v1.PeriodicConfig;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.DeregisterJobReply;
import io.steppe.rpc.v1.PlanReply;
import io.steppe.rpc.v1.RegisterJobReply;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegisterJobTest {
  private static final JobKey WEB = new JobKey("default", "web");

  private final Region region = new Region();

  @AfterEach
  void close() {
    region.close();
  }

  private RegisterJobReply register(Job job) {
    return register(job, Optional.empty());
  }

  private RegisterJobReply register(Job job, Optional<Long> enforced) {
    return region.commit(
        RegisterJobReply.parser(),
        new RegisterJob(job, enforced, 0, Kept.NOTHING, Region.id(), ""));
  }

  private DeregisterJobReply deregister(JobKey key, boolean purge) {
    return region.commit(
        DeregisterJobReply.parser(), new DeregisterJob(key, purge, 0, false, Region.id()));
  }

  private static Job web(int count) {
    return Region.job("web", "service", count);
  }

  @Test
  void aNewJobHasAVersionAndAnEvaluationUnderOneIndex() {
    var reply = register(web(1));
    var view = region.view();
    var job = view.job(WEB).orElseThrow();
    assertEquals(0, job.getVersion());
    assertEquals("pending", job.getStatus());
    assertEquals(reply.getIndex(), job.getCreateIndex());
    assertEquals(reply.getIndex(), job.getJobModifyIndex());
    var evaluation = view.evaluation(reply.getEvalId()).orElseThrow();
    assertEquals(reply.getIndex(), evaluation.getCreateIndex());
    assertEquals("job-register", evaluation.getTriggeredBy());
    assertEquals(reply.getJobModifyIndex(), evaluation.getJobModifyIndex());
    assertEquals("service", evaluation.getType());
  }

  @Test
  void aNodePoolNobodyMadeIsRefused() {
    var job = web(1).toBuilder().setNodePool("gpu").build();
    var failure = assertThrows(Failure.class, () -> register(job));
    assertEquals(Kind.INVALID, failure.kind());
    assertEquals(
        "1 error occurred:\n\t* job \"web\" is in nonexistent node pool \"gpu\"\n\n",
        failure.getMessage());
    assertTrue(region.view().jobs().isEmpty());
    region.commit(
        PlanReply.parser(),
        (view, index, now) ->
            new Outcome.Commit<>(
                List.of(
                    Change.put(
                        Tables.NODE_POOLS,
                        "gpu",
                        NodePool.newBuilder().setName("gpu").build().toByteString())),
                PlanReply.getDefaultInstance()));
    register(job);
    register(web(1).toBuilder().setId("everywhere").setNodePool("all").build());
    assertEquals(2, region.view().jobs().size());
  }

  @Test
  void aConfigurationThatIsOnlySpelledInAnotherWayIsNoNewVersion() {
    register(configured("{\"command\":\"/bin/true\",\"args\":[1]}"));
    register(configured("{ \"args\" : [ 1 ], \"command\" : \"/bin/true\" }"));
    var job = region.view().job(WEB).orElseThrow();
    assertEquals(0, job.getVersion());
    register(configured("{ \"args\" : [ 2 ], \"command\" : \"/bin/true\" }"));
    assertEquals(1, region.view().job(WEB).orElseThrow().getVersion());
  }

  private static Job configured(String config) {
    var job = web(1).toBuilder();
    job.getTaskGroupsBuilder(0).getTasksBuilder(0).setConfig(ByteString.copyFromUtf8(config));
    return job.build();
  }

  @Test
  void theSameSpecificationIsEvaluatedAgainButNoNewVersion() {
    var first = register(web(1));
    var second = register(web(1));
    assertEquals(0, region.view().job(WEB).orElseThrow().getVersion());
    assertEquals(first.getJobModifyIndex(), second.getJobModifyIndex());
    assertEquals(2, region.view().evaluationsOf(WEB).size());
  }

  @Test
  void anotherSpecificationIsANewVersion() {
    var first = register(web(1));
    var second = register(web(2));
    var view = region.view();
    assertEquals(1, view.job(WEB).orElseThrow().getVersion());
    assertEquals(first.getIndex(), view.job(WEB).orElseThrow().getCreateIndex());
    assertEquals(second.getIndex(), view.job(WEB).orElseThrow().getJobModifyIndex());
    assertEquals(1, view.version(WEB, 0).orElseThrow().getTaskGroups(0).getCount());
  }

  @Test
  void sixOldVersionsAreKeptAndThoseInUse() {
    register(web(1));
    region.edit(
        edit -> {
          edit.putDesired(
              Region.allocation(edit.view().job(WEB).orElseThrow(), "n1", "e"), "PlanResult");
          return edit;
        });
    LongStream.rangeClosed(2, 12).forEach(count -> register(web((int) count)));
    assertEquals(
        List.of(0L, 5L, 6L, 7L, 8L, 9L, 10L, 11L),
        region.view().versions(WEB).keySet().stream().sorted().toList());
  }

  @Test
  void anEnforcedIndexMustBeTheJobs() {
    assertEquals(
        "Enforcing job modify index 7: job does not exist", refusal(web(1), 7).getMessage());
    var index = register(web(1), Optional.of(0L)).getJobModifyIndex();
    assertEquals(
        "Enforcing job modify index 0: job already exists", refusal(web(2), 0).getMessage());
    assertEquals(
        "Enforcing job modify index 99: job exists with conflicting job modify index: " + index,
        refusal(web(2), 99).getMessage());
    assertEquals(1, register(web(2), Optional.of(index)).getJobModifyIndex() - index);
  }

  private Failure refusal(Job job, long index) {
    var failure = assertThrows(Failure.class, () -> register(job, Optional.of(index)));
    assertEquals(Kind.CONFLICT, failure.kind());
    return failure;
  }

  @Test
  void aPeriodicJobRunsWithoutEvaluation() {
    var reply =
        register(
            web(1).toBuilder()
                .setPeriodic(PeriodicConfig.newBuilder().setSpec("* * * * *"))
                .build());
    assertEquals("", reply.getEvalId());
    assertEquals("running", region.view().job(WEB).orElseThrow().getStatus());
    assertTrue(region.view().evaluations().isEmpty());
  }

  @Test
  void aStoppedJobIsANewVersionAndCanComeBack() {
    register(web(1));
    var reply = deregister(WEB, false);
    var stopped = region.view().job(WEB).orElseThrow();
    assertTrue(stopped.getStop());
    assertEquals(1, stopped.getVersion());
    assertEquals(
        "job-deregister",
        region.view().evaluation(reply.getEvalId()).map(Evaluation::getTriggeredBy).orElse(""));
    register(web(1));
    assertEquals(2, region.view().job(WEB).orElseThrow().getVersion());
    assertTrue(!region.view().job(WEB).orElseThrow().getStop());
  }

  @Test
  void aPurgedJobLeavesOnlyVersionsThatAllocationsNeed() {
    register(web(1));
    register(web(2));
    region.edit(
        edit -> {
          edit.putDesired(
              Region.allocation(edit.view().version(WEB, 0).orElseThrow(), "n1", "e"),
              "PlanResult");
          return edit;
        });
    var reply = deregister(WEB, true);
    assertTrue(region.view().job(WEB).isEmpty());
    assertEquals(1, region.view().versions(WEB).size());
    assertTrue(region.view().evaluation(reply.getEvalId()).isPresent());
    register(web(1));
    assertEquals(1, region.view().job(WEB).orElseThrow().getVersion());
  }

  @Test
  void anUnknownJobIsEvaluatedTooWhenItIsDeregistered() {
    var reply = deregister(WEB, false);
    assertEquals("service", region.view().evaluation(reply.getEvalId()).orElseThrow().getType());
    assertTrue(region.latest().tableIndex(Tables.JOBS) == 0);
  }

  @Test
  void aRepeatedRegistrationGetsItsFirstAnswer() {
    var request = Region.id();
    var decision = new RegisterJob(web(1), Optional.empty(), 0, Kept.NOTHING, Region.id(), "");
    var first = region.commit(request, RegisterJobReply.parser(), decision);
    assertEquals(first, region.commit(request, RegisterJobReply.parser(), decision));
    assertEquals(1, region.view().evaluations().size());
  }

  @Test
  void countsAndResourcesMayBeKept() {
    register(web(3));
    var other = web(1).toBuilder();
    other.getTaskGroupsBuilder(0).getTasksBuilder(0).getResourcesBuilder().setCpu(700);
    other.addTaskGroups(web(2).getTaskGroups(0).toBuilder().setName("new"));
    region.commit(
        RegisterJobReply.parser(),
        new RegisterJob(other.build(), Optional.empty(), 0, new Kept(true, true), Region.id(), ""));
    var job = region.view().job(WEB).orElseThrow();
    assertEquals(3, job.getTaskGroups(0).getCount());
    assertEquals(100, job.getTaskGroups(0).getTasks(0).getResources().getCpu());
    assertEquals(2, job.getTaskGroups(1).getCount());
  }
}
