package io.steppe.alloc.allocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.nodewatch.EvaluateNode;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.view.Cluster;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Region;
import io.steppe.proto.v1.AllocState;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DisconnectStrategy;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskState;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nodes that are away, what happens meanwhile, and what when they come back. */
class DisconnectTest {
  private static final Duration LOST_AFTER = Duration.ofMinutes(10);
  private static final JobKey WEB = new JobKey("default", "web");

  private final Cluster cluster = new Cluster(3);

  private static Job job(int count, UnaryOperator<DisconnectStrategy.Builder> disconnect) {
    var job = Region.job("web", "service", count).toBuilder();
    job.getTaskGroupsBuilder(0)
        .setDisconnect(
            disconnect.apply(DisconnectStrategy.newBuilder().setLostAfter(LOST_AFTER.toNanos())));
    return job.build();
  }

  /** One allocation, on a node that then is away. */
  private Allocation away(Job job) {
    cluster.nodes(2);
    cluster.start(job);
    var original = cluster.live().iterator().next();
    cluster.pass(Duration.ofMinutes(1));
    node(original.getNodeId(), "disconnected");
    cluster.schedule();
    return original;
  }

  private void node(String id, String status) {
    cluster.change(id, node -> node.setStatus(status));
    cluster.commit(new EvaluateNode(id, new SplittableRandom(cluster.now())));
  }

  private void says(Cluster in, Allocation allocation, String status) {
    var report =
        Allocation.newBuilder()
            .setId(allocation.getId())
            .setClientStatus(status)
            .putTaskStates(
                "task",
                allocation
                    .getTaskStatesOrDefault("task", TaskState.getDefaultInstance())
                    .toBuilder()
                    .setState(status.equals("running") ? "running" : "dead")
                    .setFailed(status.equals("failed"))
                    .build())
            .build();
    in.commit(new ClientReport(List.of(report), new SplittableRandom(in.now())));
  }

  private Allocation now(Allocation allocation) {
    return cluster.view().allocation(allocation.getId()).orElseThrow();
  }

  private List<String> live() {
    return cluster.live().stream().map(Allocation::getId).toList();
  }

  private List<Evaluation> triggered(String by) {
    return cluster.view().evaluations().values().stream()
        .filter(each -> each.getTriggeredBy().equals(by))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "keep_original, true",
    "keep_replacement, false",
    "longest_running, true",
    "best_score, true"
  })
  void oneOfTheTwoStaysWhenTheNodeIsBack(String strategy, boolean originalStays) {
    var original = away(job(1, disconnect -> disconnect.setReconcile(strategy)));
    assertEquals("unknown", now(original).getClientStatus());
    assertEquals("run", now(original).getDesiredStatus());
    var timeout = triggered("max-disconnect-timeout").getFirst();
    assertEquals(cluster.now() + LOST_AFTER.toNanos(), timeout.getWaitUntil());
    cluster.run();
    assertEquals(2, live().size());

    cluster.pass(Duration.ofMinutes(1));
    node(original.getNodeId(), "ready");
    cluster.schedule();
    assertEquals(2, live().size());
    says(cluster, original, "running");
    assertEquals(1, triggered("reconnect").size());
    cluster.schedule();
    assertEquals(
        List.of("unknown", "running"),
        now(original).getAllocStatesList().stream().map(AllocState::getValue).toList());
    assertEquals(1, live().size());
    assertEquals(originalStays, live().contains(original.getId()));
    var loser =
        cluster.view().allocations().values().stream()
            .filter(Statuses::serverTerminal)
            .findFirst()
            .orElseThrow();
    assertEquals(
        "alloc not needed due to disconnected client reconnect", loser.getDesiredDescription());
    // The time that was set for giving it up comes to nothing.
    cluster.pass(LOST_AFTER);
    cluster.schedule();
    assertEquals(1, live().size());
  }

  @Test
  void itIsGivenUpInTheEnd() {
    var original = away(job(1, disconnect -> disconnect));
    cluster.run();
    cluster.pass(LOST_AFTER);
    cluster.schedule();
    assertEquals("lost", now(original).getClientStatus());
    assertEquals("stop", now(original).getDesiredStatus());
    var replacement = live();
    assertEquals(1, replacement.size());
    node(original.getNodeId(), "ready");
    says(cluster, original, "complete");
    cluster.schedule();
    assertEquals(replacement, live());
    assertEquals("complete", now(original).getClientStatus());
  }

  @Test
  void whatIsNotToBeReplacedIsWaitedFor() {
    var original = away(job(1, disconnect -> disconnect.setReplace(false)));
    assertEquals("unknown", now(original).getClientStatus());
    assertEquals(List.of(original.getId()), live());
    node(original.getNodeId(), "ready");
    says(cluster, original, "running");
    cluster.schedule();
    assertEquals(List.of(original.getId()), live());
    assertEquals("running", now(original).getClientStatus());

    node(original.getNodeId(), "disconnected");
    cluster.schedule();
    cluster.pass(LOST_AFTER);
    cluster.schedule();
    assertEquals("lost", now(original).getClientStatus());
    assertEquals(1, live().size());
    assertNotEquals(original.getId(), live().getFirst());
  }

  @Test
  void theOlderSettingDoesTheSame() {
    var job = Region.job("web", "service", 1).toBuilder();
    job.getTaskGroupsBuilder(0).setMaxClientDisconnect(LOST_AFTER.toNanos());
    var original = away(job.build());
    assertEquals("unknown", now(original).getClientStatus());
    assertEquals(2, live().size());
  }

  @Test
  void withoutADisconnectBlockItIsLostAtOnce() {
    var original = away(Region.job("web", "service", 1));
    assertEquals("lost", now(original).getClientStatus());
    assertEquals(1, live().size());
  }

  @Test
  void whatItsJobHasMovedOnFromDoesNotComeBack() {
    var original = away(job(1, disconnect -> disconnect.setReconcile("keep_original")));
    var next = job(1, disconnect -> disconnect.setReconcile("keep_original")).toBuilder();
    next.getTaskGroupsBuilder(0).getTasksBuilder(0).putEnv("VERSION", "2");
    cluster.start(next.build());
    cluster.schedule();
    cluster.settle();
    node(original.getNodeId(), "ready");
    says(cluster, original, "running");
    cluster.schedule();
    assertEquals(1, live().size());
    assertTrue(!live().contains(original.getId()));
  }

  @Test
  void whatFailedWhileItWasAwayLeavesItsReplacement() {
    var original = away(job(1, disconnect -> disconnect.setReconcile("keep_original")));
    cluster.run();
    node(original.getNodeId(), "ready");
    says(cluster, original, "failed");
    cluster.schedule();
    assertEquals(1, live().size());
    assertTrue(!live().contains(original.getId()));
  }

  @Test
  void whatAPurgedNodeHadIsLostAndReplaced() {
    cluster.nodes(2);
    cluster.start(job(1, disconnect -> disconnect));
    var original = cluster.live().iterator().next();
    cluster.purge(original.getNodeId());
    cluster.evaluate(WEB);
    cluster.schedule();
    assertEquals("lost", now(original).getClientStatus());
    assertEquals(1, live().size());
    assertNotEquals(original.getId(), live().getFirst());
  }

  /** One came back while another was lost: the count fits, but two have one name. */
  @Test
  void noTwoHaveOneName() {
    theCountComesOutRight(-5907);
  }

  /** Nodes come and go and agents say what they know: in the end the count is right. */
  @Property(tries = 60)
  void theCountComesOutRight(@ForAll long seed) {
    var random = new SplittableRandom(seed);
    var region = new Cluster(seed);
    int nodes = random.nextInt(2, 6);
    region.nodes(nodes);
    int count = random.nextInt(1, 6);
    var strategies = List.of("keep_original", "keep_replacement", "longest_running", "best_score");
    region.start(
        job(
            count,
            disconnect ->
                disconnect
                    .setReconcile(strategies.get(random.nextInt(4)))
                    .setReplace(random.nextBoolean())));
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          var status = List.of("ready", "disconnected", "down").get(random.nextInt(3));
          region.change("n" + random.nextInt(nodes), node -> node.setStatus(status));
          region.evaluate(WEB);
        }
        case 2 -> region.pass(Duration.ofMinutes(random.nextInt(1, 8)));
        case 3 -> agents(region);
        default -> region.schedule();
      }
    }
    for (int i = 0; i < nodes; i++) {
      region.change("n" + i, node -> node.setStatus("ready"));
    }
    region.evaluate(WEB);
    for (int round = 0; round < 20; round++) {
      agents(region);
      region.pass(Duration.ofMinutes(1));
      region.schedule();
    }
    Set<String> names = new HashSet<>();
    region.live().forEach(each -> assertTrue(names.add(each.getName()), each.getName() + " twice"));
    assertEquals(count, region.live().size());
    region.live().forEach(each -> assertEquals("running", each.getClientStatus()));
  }

  /** Agents of nodes that are there do as they are told, and say so. */
  private void agents(Cluster region) {
    for (var allocation : List.copyOf(region.view().allocations().values())) {
      var status = region.view().node(allocation.getNodeId()).orElseThrow().getStatus();
      if (!status.equals("ready") || Statuses.clientTerminal(allocation)) {
        continue;
      }
      if (Statuses.serverTerminal(allocation)) {
        says(region, allocation, "complete");
      } else if (!allocation.getClientStatus().equals("running")) {
        says(region, allocation, "running");
      }
    }
  }
}
