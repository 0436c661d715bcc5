package io.steppe.alloc.view;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.MemoryLedger;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Snapshot;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.AllocatedCpuResources;
import io.steppe.proto.v1.AllocatedMemoryResources;
import io.steppe.proto.v1.AllocatedResources;
import io.steppe.proto.v1.AllocatedSharedResources;
import io.steppe.proto.v1.AllocatedTaskResources;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.EphemeralDisk;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeCpuResources;
import io.steppe.proto.v1.NodeDiskResources;
import io.steppe.proto.v1.NodeMemoryResources;
import io.steppe.proto.v1.NodeResources;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.rpc.v1.PlanReply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;

/** A region for tests: a ledger, and what tests put into it. */
public final class Region implements AutoCloseable {
  /** The region's time stands still unless a test says otherwise. */
  public static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private static final Duration WITHIN = Duration.ofSeconds(30);

  private final AtomicReference<Instant> time = new AtomicReference<>(NOW);
  private final Ledger<AllocView> ledger;

  public Region() {
    this.ledger = new MemoryLedger<>(AllocView.empty(), time::get);
    ledger.ready().await().atMost(WITHIN);
  }

  public Region(Ledger<AllocView> ledger) {
    this.ledger = ledger;
    ledger.ready().await().atMost(WITHIN);
  }

  /** The time that the region's commits get. */
  public InstantSource clock() {
    return time::get;
  }

  /** Lets time pass. */
  public void pass(Duration duration) {
    time.updateAndGet(now -> now.plus(duration));
  }

  public Ledger<AllocView> ledger() {
    return ledger;
  }

  public AllocView view() {
    return latest().view();
  }

  public Snapshot<AllocView> latest() {
    return ledger.latest().await().atMost(WITHIN);
  }

  public <R extends MessageLite> R commit(Parser<R> parser, Decision<AllocView, R> decision) {
    return ledger.commit("", parser, decision).await().atMost(WITHIN);
  }

  public <R extends MessageLite> R commit(
      String requestId, Parser<R> parser, Decision<AllocView, R> decision) {
    return ledger.commit(requestId, parser, decision).await().atMost(WITHIN);
  }

  /** Writes objects as they are, by a decision of the test. */
  public long edit(Function<Edit, Edit> what) {
    return commit(
            PlanReply.parser(),
            (view, index, now) ->
                what.apply(new Edit(view, index, now))
                    .outcome(PlanReply.newBuilder().setIndex(index).build()))
        .getIndex();
  }

  /** Puts a node as node-service would. */
  public long put(Node node) {
    return commit(
            PlanReply.parser(),
            (view, index, now) ->
                new Outcome.Commit<>(
                    List.of(
                        Change.put(
                            Tables.NODES,
                            node.getId(),
                            node.toBuilder().setModifyIndex(index).build().toByteString())),
                    PlanReply.newBuilder().setIndex(index).build()))
        .getIndex();
  }

  /** Waits until the view is as wanted. */
  public AllocView await(Predicate<AllocView> wanted) {
    return await(ledger, wanted);
  }

  /** Waits until a ledger's view is as wanted. */
  public static AllocView await(Ledger<AllocView> ledger, Predicate<AllocView> wanted) {
    var reached = new CompletableFuture<AllocView>();
    try (var following =
        ledger.follow(
            step -> {
              if (wanted.test(step.after().view())) {
                reached.complete(step.after().view());
              }
            })) {
      return reached.get(WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the view did not become as wanted within " + WITHIN, e);
    }
  }

  @Override
  public void close() {
    ledger.close();
  }

  public static AllocView applied(AllocView view, long index, List<Change> changes) {
    var after = view;
    int ordinal = 0;
    for (var change : changes) {
      after = after.apply(new LoggedChange(index, ordinal++, change));
    }
    return after;
  }

  /** A ready node of dc1 that runs mock tasks. */
  public static Node node(String id, long cpu, long memoryMb) {
    return Node.newBuilder()
        .setId(id)
        .setName("node-" + id)
        .setDatacenter("dc1")
        .setNodePool("default")
        .setComputedClass("v1:" + cpu + "-" + memoryMb)
        .setStatus("ready")
        .setSchedulingEligibility("eligible")
        .putAttributes("kernel.name", "linux")
        .putAttributes("driver.mock_driver", "1")
        .putDrivers(
            "mock_driver", DriverInfo.newBuilder().setDetected(true).setHealthy(true).build())
        .setNodeResources(
            NodeResources.newBuilder()
                .setCpu(NodeCpuResources.newBuilder().setCpuShares(cpu).setTotalCpuCores(2))
                .setMemory(NodeMemoryResources.newBuilder().setMemoryMb(memoryMb))
                .setDisk(NodeDiskResources.newBuilder().setDiskMb(100_000)))
        .build();
  }

  /** A job of one group with one mock task that takes 100 MHz and 100 MiB. */
  public static Job job(String id, String type, int count) {
    return Job.newBuilder()
        .setRegion("global")
        .setNamespace("default")
        .setId(id)
        .setName(id)
        .setType(type)
        .setPriority(50)
        .setNodePool("default")
        .addDatacenters("*")
        .addTaskGroups(
            TaskGroup.newBuilder()
                .setName("web")
                .setCount(count)
                .setEphemeralDisk(EphemeralDisk.newBuilder().setSizeMb(300))
                .addTasks(
                    Task.newBuilder()
                        .setName("task")
                        .setDriver("mock_driver")
                        .setResources(Resources.newBuilder().setCpu(100).setMemoryMb(100))))
        .build();
  }

  /** An allocation of such a job, as a plan places it. */
  public static Allocation allocation(Job job, String nodeId, String evaluationId) {
    return Allocation.newBuilder()
        .setId(id())
        .setNamespace(job.getNamespace())
        .setEvalId(evaluationId)
        .setName(job.getId() + ".web[0]")
        .setNodeId(nodeId)
        .setJobId(job.getId())
        .setJobVersion(job.getVersion())
        .setTaskGroup("web")
        .setDesiredStatus("run")
        .setClientStatus("pending")
        .setAllocatedResources(
            AllocatedResources.newBuilder()
                .putTasks(
                    "task",
                    AllocatedTaskResources.newBuilder()
                        .setCpu(AllocatedCpuResources.newBuilder().setCpuShares(100))
                        .setMemory(AllocatedMemoryResources.newBuilder().setMemoryMb(100))
                        .build())
                .setShared(AllocatedSharedResources.newBuilder().setDiskMb(10)))
        .build();
  }

  public static String id() {
    return UUID.randomUUID().toString();
  }
}
