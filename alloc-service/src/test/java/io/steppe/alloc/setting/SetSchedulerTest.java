package io.steppe.alloc.setting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.view.Cluster;
import io.steppe.alloc.view.Region;
import io.steppe.ledger.Change;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NodePool;
import io.steppe.proto.v1.NodePoolSchedulerConfiguration;
import io.steppe.proto.v1.PreemptionConfig;
import io.steppe.proto.v1.SchedulerConfiguration;
import io.steppe.rpc.v1.SetSettingReply;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What operators set for the region holds wherever a pool says nothing else. */
class SetSchedulerTest {
  private static final SchedulerConfiguration SPREAD =
      SchedulerConfiguration.newBuilder().setSchedulerAlgorithm("spread").build();
  private static final SchedulerConfiguration GENEROUS =
      SchedulerConfiguration.newBuilder().setMemoryOversubscriptionEnabled(true).build();

  private final Cluster cluster = new Cluster(1);

  private void set(SchedulerConfiguration wanted) {
    cluster.commit(new SetScheduler(wanted, Optional.empty()));
  }

  private void pool(NodePoolSchedulerConfiguration.Builder configuration) {
    var pool =
        NodePool.newBuilder().setName("default").setSchedulerConfiguration(configuration).build();
    cluster.commit(
        (view, index, now) ->
            new Outcome.Commit<>(
                List.of(Change.put(Tables.NODE_POOLS, "default", pool.toByteString())),
                SetSettingReply.getDefaultInstance()));
  }

  /** How many nodes two small jobs are on. */
  private long nodesOfTwo() {
    cluster.nodes(2);
    cluster.register(Region.job("one", "service", 1));
    cluster.schedule();
    cluster.register(Region.job("two", "service", 1));
    cluster.schedule();
    assertEquals(2, cluster.live().size());
    return cluster.live().stream().map(Allocation::getNodeId).distinct().count();
  }

  @Test
  void fillsNodesOneByOneUnlessToldOtherwise() {
    assertEquals(1, nodesOfTwo());
  }

  @Test
  void fillsNodesEvenlyWhereTheRegionSpreads() {
    set(SPREAD);
    assertEquals(2, nodesOfTwo());
  }

  @Test
  void aPoolDecidesForItself() {
    set(SPREAD);
    pool(NodePoolSchedulerConfiguration.newBuilder().setSchedulerAlgorithm("binpack"));
    assertEquals(1, nodesOfTwo());
  }

  @Test
  void aPoolThatSaysNothingDoesAsTheRegion() {
    set(SPREAD);
    pool(NodePoolSchedulerConfiguration.newBuilder().setMemoryOversubscriptionEnabled(true));
    assertEquals(2, nodesOfTwo());
  }

  @Test
  void givesMoreMemoryThanItKeepsWhereTheRegionAllows() {
    assertEquals(0, mostMemory("before"));
    set(GENEROUS);
    assertEquals(500, mostMemory("with"));
    pool(NodePoolSchedulerConfiguration.newBuilder().setMemoryOversubscriptionEnabled(false));
    assertEquals(0, mostMemory("without"));
  }

  private long mostMemory(String id) {
    cluster.nodes(1);
    Job.Builder job = Region.job(id, "service", 1).toBuilder();
    job.getTaskGroupsBuilder(0).getTasksBuilder(0).getResourcesBuilder().setMemoryMaxMb(500);
    cluster.register(job.build());
    cluster.schedule();
    List<Allocation> placed =
        cluster.live().stream().filter(one -> one.getJobId().equals(id)).toList();
    return placed.getFirst().getAllocatedResources().getTasksMap().values().stream()
        .collect(Collectors.summingLong(task -> task.getMemory().getMemoryMaxMb()));
  }

  @Test
  void whatNothingLooksAtIsKept() {
    var preemption = PreemptionConfig.newBuilder().setBatchSchedulerEnabled(true).build();
    set(
        SchedulerConfiguration.newBuilder()
            .setPreemptionConfig(preemption)
            .setNodeLimitForFeasibilityChecks(7)
            .build());
    var kept = cluster.view().settings().scheduler();
    assertEquals(preemption, kept.getPreemptionConfig());
    assertEquals(7, kept.getNodeLimitForFeasibilityChecks());
    assertEquals("binpack", kept.getSchedulerAlgorithm());
    assertTrue(kept.getModifyIndex() > 0);
  }
}
