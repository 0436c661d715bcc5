package io.steppe.alloc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Iterators;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GrpcClient;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Region;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LedgerSettings;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.Tables;
import io.steppe.ledger.testing.TestDatabase;
import io.steppe.proto.v1.AllocListStub;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobRegisterRequest;
import io.steppe.rpc.Callers;
import io.steppe.rpc.v1.AllocationsGrpc.AllocationsBlockingStub;
import io.steppe.rpc.v1.CreateForNodeRequest;
import io.steppe.rpc.v1.DeregisterJobRequest;
import io.steppe.rpc.v1.EvaluationsGrpc.EvaluationsBlockingStub;
import io.steppe.rpc.v1.GetAllocationRequest;
import io.steppe.rpc.v1.GetEvaluationRequest;
import io.steppe.rpc.v1.GetJobRequest;
import io.steppe.rpc.v1.JobsGrpc.JobsBlockingStub;
import io.steppe.rpc.v1.ListAllocationsRequest;
import io.steppe.rpc.v1.ListEvaluationsRequest;
import io.steppe.rpc.v1.ListForNodeRequest;
import io.steppe.rpc.v1.ListJobsRequest;
import io.steppe.rpc.v1.NamespacesRequest;
import io.steppe.rpc.v1.OfNodeChangeRequest;
import io.steppe.rpc.v1.ReadOptions;
import io.steppe.rpc.v1.RegisterJobReply;
import io.steppe.rpc.v1.RegisterJobRequest;
import io.steppe.rpc.v1.StopAllocationRequest;
import io.steppe.rpc.v1.UpdateFromClientRequest;
import io.steppe.rpc.v1.ValidateJobRequest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The service as its callers see it: over the wire, on a database. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class AllocServiceTest {
  @GrpcClient("alloc")
  JobsBlockingStub jobs;

  @GrpcClient("alloc")
  AllocationsBlockingStub allocations;

  @GrpcClient("alloc")
  EvaluationsBlockingStub evaluations;

  @Inject Ledger<AllocView> ledger;
  @Inject LedgerSettings settings;

  /** Two nodes, as node-service would have them. */
  @BeforeEach
  void nodes() {
    if (ledger.snapshot().view().nodes().isEmpty()) {
      var asNodeService =
          LedgerSettings.of(
                  settings.url(),
                  TestDatabase.role("node"),
                  settings.password(),
                  "node",
                  Set.of(Tables.NODES),
                  "nodes")
              .withDurabilityChecked(false);
      try (var nodes = new Region(PostgresLedger.open(asNodeService, AllocView.empty()))) {
        IntStream.range(0, 2).forEach(n -> nodes.put(Region.node("n" + n, 1_000, 1_000)));
      }
      await(view -> view.nodes().size() == 2);
    }
  }

  private JobsBlockingStub jobs() {
    return jobs.withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private AllocationsBlockingStub allocations() {
    return allocations.withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private EvaluationsBlockingStub evaluations() {
    return evaluations.withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private RegisterJobReply register(Job job) {
    return jobs()
        .register(
            RegisterJobRequest.newBuilder()
                .setCaller(Callers.anonymous())
                .setRequest(JobRegisterRequest.newBuilder().setJob(job))
                .build());
  }

  private AllocView await(Predicate<AllocView> wanted) {
    return Region.await(ledger, wanted);
  }

  private List<AllocListStub> placed(String job, int count) {
    await(view -> view.allocationsOf(new JobKey("default", job)).size() == count);
    var call =
        ListAllocationsRequest.newBuilder()
            .setJobId(job)
            .setTaskStates(true)
            .setResources(true)
            .build();
    return allocations().list(call).next().getAllocationsList();
  }

  private static void refused(Status.Code code, String text, Executable call) {
    var failure = assertThrows(StatusRuntimeException.class, call);
    assertEquals(text, failure.getStatus().getDescription());
    assertEquals(code, failure.getStatus().getCode());
  }

  private static ReadOptions prefix(String prefix) {
    return ReadOptions.newBuilder().setPrefix(prefix).build();
  }

  @Test
  void aJobIsRegisteredPlacedReportedAndStopped() {
    var reply = register(Region.job("whole/life", "service", 2));
    var stubs = placed("whole/life", 2);
    assertEquals("service", stubs.getFirst().getJobType());
    assertEquals(
        100,
        stubs.getFirst().getAllocatedResources().getTasksOrThrow("task").getCpu().getCpuShares());
    var evaluation =
        evaluations()
            .get(GetEvaluationRequest.newBuilder().setEvaluationId(reply.getEvalId()).build())
            .getEvaluation();
    assertEquals("complete", evaluation.getStatus());

    var reports = UpdateFromClientRequest.newBuilder().setCaller(Callers.service("test"));
    stubs.forEach(
        stub ->
            reports.addAllocations(
                Allocation.newBuilder().setId(stub.getId()).setClientStatus("running")));
    allocations().updateFromClient(reports.build());
    var summary =
        jobs().summary(GetJobRequest.newBuilder().setJobId("whole/life").build()).getSummary();
    assertEquals(2, summary.getSummaryOrThrow("web").getRunning());

    var whole =
        allocations()
            .get(
                GetAllocationRequest.newBuilder().setAllocationId(stubs.getFirst().getId()).build())
            .getAllocation();
    assertEquals("whole/life", whole.getJob().getId());
    var onNode =
        allocations()
            .listForNode(ListForNodeRequest.newBuilder().setNodeId(whole.getNodeId()).build())
            .next();
    assertTrue(onNode.getAllocationsList().stream().anyMatch(whole::equals));

    jobs()
        .deregister(
            DeregisterJobRequest.newBuilder()
                .setCaller(Callers.anonymous())
                .setJobId("whole/life")
                .build());
    await(
        view ->
            view.allocationsOf(new JobKey("default", "whole/life")).stream()
                .allMatch(each -> each.getDesiredStatus().equals("stop")));
  }

  @Test
  void listsShowWhatTheFilterHoldsForPageByPage() {
    var evaluation = register(Region.job("filtered", "service", 2)).getEvalId();
    placed("filtered", 2);
    var ofJob = ReadOptions.newBuilder().setFilter("Job.ID == filtered").setPerPage(1);
    var first =
        allocations().list(ListAllocationsRequest.newBuilder().setRead(ofJob).build()).next();
    var next = first.getMeta().getNextToken();
    assertEquals(1, first.getAllocationsCount());
    var second =
        allocations()
            .list(ListAllocationsRequest.newBuilder().setRead(ofJob.setNextToken(next)).build())
            .next();
    var last = second.getAllocations(0);
    assertEquals(next, last.getCreateIndex() + "." + last.getId());
    assertEquals("", second.getMeta().getNextToken());

    var filtered = ReadOptions.newBuilder().setFilter("any TaskGroups as g { g.Count == 2 }");
    var listed = jobs().list(ListJobsRequest.newBuilder().setRead(filtered).build()).next();
    assertTrue(listed.getJobsList().stream().anyMatch(job -> job.getId().equals("filtered")));
    var made = ReadOptions.newBuilder().setFilter("JobID == filtered").setReverse(true);
    var evaluations =
        evaluations().list(ListEvaluationsRequest.newBuilder().setRead(made).build()).next();
    assertTrue(
        evaluations.getEvaluationsList().stream()
            .anyMatch(each -> each.getId().equals(evaluation)));

    var unread = ReadOptions.newBuilder().setFilter("JobID ==").build();
    var start = "failed to create result paginator: failed to read filter expression: 1:9 (8): ";
    for (Executable call :
        List.<Executable>of(
            () -> jobs().list(ListJobsRequest.newBuilder().setRead(unread).build()).next(),
            () ->
                allocations()
                    .listForNode(ListForNodeRequest.newBuilder().setRead(unread).build())
                    .next(),
            () -> jobs().deployments(GetJobRequest.newBuilder().setRead(unread).build()).next())) {
      var failure = assertThrows(StatusRuntimeException.class, call);
      assertEquals(Status.Code.INVALID_ARGUMENT, failure.getStatus().getCode());
      assertTrue(failure.getStatus().getDescription().startsWith(start));
    }
  }

  @Test
  void aStoppedAllocationIsReplaced() {
    register(Region.job("moved", "service", 1));
    var first = placed("moved", 1).getFirst();
    var reply =
        allocations()
            .stop(
                StopAllocationRequest.newBuilder()
                    .setCaller(Callers.anonymous())
                    .setAllocationId(first.getId())
                    .build());
    assertFalse(reply.getEvalId().isEmpty());
    var second =
        placed("moved", 2).stream().filter(stub -> !stub.getId().equals(first.getId())).findFirst();
    assertEquals("run", second.orElseThrow().getDesiredStatus());
    assertEquals(
        "stop",
        ledger.snapshot().view().allocation(first.getId()).orElseThrow().getDesiredStatus());
  }

  @Test
  void whatMayNotBeSeenIsNotFound() {
    register(Region.job("hidden", "batch", 1));
    var id = placed("hidden", 1).getFirst().getId();
    var blind = ReadOptions.newBuilder().setRestricted(true).addVisible("apart");
    refused(
        Status.Code.NOT_FOUND,
        "alloc not found",
        () ->
            allocations()
                .get(GetAllocationRequest.newBuilder().setRead(blind).setAllocationId(id).build()));
    var list = ListAllocationsRequest.newBuilder().setJobId("hidden");
    assertEquals(0, allocations().list(list.setRead(blind).build()).next().getAllocationsCount());
  }

  @Test
  void listsAreByNamespaceAndPrefixInOrder() {
    register(Region.job("list-b", "batch", 1));
    register(Region.job("list-a", "batch", 1));
    register(Region.job("list-c", "batch", 1).toBuilder().setNamespace("apart").build());
    var call = ListJobsRequest.newBuilder();
    assertEquals(List.of("list-a", "list-b"), ids(call.setRead(prefix("list-")).build()));
    var all = ReadOptions.newBuilder().setPrefix("list-").setNamespace("*").build();
    assertEquals(List.of("list-c", "list-a", "list-b"), ids(call.setRead(all).build()));
    var seen = all.toBuilder().setRestricted(true).addVisible("apart");
    assertEquals(List.of("list-c"), ids(ListJobsRequest.newBuilder().setRead(seen).build()));
    assertEquals(List.of(), ids(ListJobsRequest.newBuilder().setRead(seen.clearVisible()).build()));
    var names = jobs().namespaces(NamespacesRequest.getDefaultInstance()).getNamesList();
    assertEquals(List.of("apart", "default"), names);
    register(Region.job("list-d", "batch", 1).toBuilder().setNodePool("all").build());
    assertEquals(List.of("list-d"), ids(call.setNodePool("all").build()));
  }

  private List<String> ids(ListJobsRequest call) {
    return List.of(Iterators.toArray(jobs().list(call), io.steppe.rpc.v1.ListJobsReply.class))
        .stream()
        .flatMap(reply -> reply.getJobsList().stream())
        .map(stub -> stub.getId())
        .toList();
  }

  @Test
  void whoHasTheAnswerIsToldSo() {
    register(Region.job("known", "batch", 1));
    placed("known", 1);
    var first = jobs().get(GetJobRequest.newBuilder().setJobId("known").build());
    var known =
        ReadOptions.newBuilder()
            .setKnownIndex(first.getMeta().getIndex())
            .setKnownEpoch(first.getMeta().getEpoch());
    var call = GetJobRequest.newBuilder().setJobId("known");
    var again = jobs().get(call.setRead(known).build());
    assertTrue(again.getMeta().getUnchanged());
    assertFalse(again.hasJob());
    var otherEpoch = jobs().get(call.setRead(known.setKnownEpoch(99)).build());
    assertTrue(otherEpoch.hasJob());
    var stale = jobs().get(call.setRead(ReadOptions.newBuilder().setStale(true)).build());
    assertTrue(stale.hasJob());
  }

  @Test
  void whatIsUnknownOrMalformedIsRefusedInNomadsWords() {
    var unknown = Region.id();
    refused(
        Status.Code.NOT_FOUND,
        "job not found",
        () -> jobs().get(GetJobRequest.newBuilder().setJobId("no").build()));
    refused(
        Status.Code.NOT_FOUND,
        "alloc not found",
        () ->
            allocations().get(GetAllocationRequest.newBuilder().setAllocationId(unknown).build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "alloc lookup failed: index error: UUID must be 36 characters",
        () -> allocations().get(GetAllocationRequest.newBuilder().setAllocationId("nope").build()));
    refused(
        Status.Code.NOT_FOUND,
        "eval not found",
        () ->
            evaluations().get(GetEvaluationRequest.newBuilder().setEvaluationId(unknown).build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "alloc lookup failed: index error: Invalid UUID: encoding/hex: invalid byte: U+007A 'z'",
        () ->
            allocations()
                .list(ListAllocationsRequest.newBuilder().setRead(prefix("zz")).build())
                .next());
    refused(
        Status.Code.INVALID_ARGUMENT,
        "alloc lookup failed: index error: Input (without hyphens) must be even length",
        () ->
            allocations()
                .list(ListAllocationsRequest.newBuilder().setRead(prefix("abc")).build())
                .next());
    var stop = StopAllocationRequest.newBuilder().setCaller(Callers.anonymous());
    refused(
        Status.Code.NOT_FOUND,
        "allocation not found",
        () -> allocations().stop(stop.setAllocationId(unknown).build()));
  }

  @Test
  void aJobThatCantWorkIsRefused() {
    var bad = Region.job("bad job", "service", 1);
    var validation = jobs().validate(ValidateJobRequest.newBuilder().setJob(bad).build());
    assertFalse(validation.getErrorsList().isEmpty());
    refused(Status.Code.INVALID_ARGUMENT, validation.getError(), () -> register(bad));
  }

  @Test
  void whoSaysNotWhoTheyAreChangesNothing() {
    refused(
        Status.Code.PERMISSION_DENIED,
        "Permission denied",
        () ->
            jobs()
                .register(
                    RegisterJobRequest.newBuilder()
                        .setRequest(
                            JobRegisterRequest.newBuilder().setJob(Region.job("anon", "batch", 1)))
                        .build()));
  }

  @Test
  void listsLongerThanAMessageComeInSeveral() {
    for (int i = 0; i < 12; i++) {
      var big = Region.job("big-" + i, "service", 0).toBuilder();
      big.getTaskGroupsBuilder(0).putMeta("blob", "x".repeat(100_000));
      big.putMeta("blob", "y".repeat(100_000));
      register(big.build());
    }
    var call = ListJobsRequest.newBuilder().setMeta(true).setRead(prefix("big-")).build();
    var replies =
        List.of(Iterators.toArray(jobs().list(call), io.steppe.rpc.v1.ListJobsReply.class));
    assertTrue(replies.size() > 1);
    assertTrue(replies.stream().allMatch(reply -> reply.getSerializedSize() < 1 << 20));
    assertEquals(12, replies.stream().mapToInt(reply -> reply.getJobsCount()).sum());
    assertTrue(replies.getFirst().hasMeta() && !replies.getLast().hasMeta());
  }

  @Test
  void aNodesEvaluationsAreMadeAndTold() {
    register(Region.job("everywhere", "system", 1));
    placed("everywhere", 2);
    var made =
        evaluations()
            .createForNode(
                CreateForNodeRequest.newBuilder()
                    .setCaller(Callers.anonymous())
                    .setNodeId("n0")
                    .build());
    assertTrue(made.getEvalIdsCount() >= 1);
    var node = ledger.snapshot().view().node("n0").orElseThrow();
    assertEquals(node.getModifyIndex(), made.getNodeModifyIndex());
    var told =
        evaluations()
            .ofNodeChange(
                OfNodeChangeRequest.newBuilder()
                    .setCaller(Callers.anonymous())
                    .setNodeId("n0")
                    .setNodeIndex(node.getModifyIndex())
                    .build());
    assertTrue(told.getEvalIdsList().containsAll(made.getEvalIdsList()));
    refused(
        Status.Code.NOT_FOUND,
        "node not found",
        () ->
            evaluations()
                .createForNode(
                    CreateForNodeRequest.newBuilder()
                        .setCaller(Callers.anonymous())
                        .setNodeId("n9")
                        .build()));
  }
}
