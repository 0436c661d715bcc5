package io.steppe.node.registration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.steppe.ledger.Change;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DisconnectStrategy;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.rpc.v1.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DisconnectionTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_795_224_189);
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final Node NODE = TestNodes.any().toBuilder().setStatus("ready").build();

  private NodeView view = NodeView.empty();

  private void put(Change change) {
    view = view.apply(new LoggedChange(1, 0, change));
  }

  private void allocation(String id, TaskGroup.Builder group, String desired, String client) {
    Job job =
        Job.newBuilder()
            .setId("job-" + id)
            .setNamespace("default")
            .addTaskGroups(TaskGroup.newBuilder().setName("other"))
            .addTaskGroups(group.setName("group"))
            .build();
    Allocation stored =
        Allocation.newBuilder()
            .setId(id)
            .setNodeId(NODE.getId())
            .setNamespace("default")
            .setJobId(job.getId())
            .setTaskGroup("group")
            .setDesiredStatus(desired)
            .setClientStatus(client)
            .build();
    put(Change.put(Tables.JOB_VERSIONS, "default/" + job.getId() + "#0", job.toByteString()));
    put(Change.put(Tables.ALLOCS, id, stored.toByteString()));
  }

  private static TaskGroup.Builder lostAfter(long nanos) {
    return TaskGroup.newBuilder()
        .setDisconnect(DisconnectStrategy.newBuilder().setLostAfter(nanos));
  }

  private Optional<Instant> until() {
    return Disconnection.until(view, NODE, NOW);
  }

  @Test
  void theLongestOfTheGroupsCounts() {
    assertEquals(Optional.empty(), until());
    allocation("a", TaskGroup.newBuilder(), "run", "running");
    assertEquals(Optional.empty(), until());
    allocation("b", lostAfter(MINUTE), "run", "running");
    allocation("c", lostAfter(3 * MINUTE), "run", "pending");
    allocation("d", TaskGroup.newBuilder().setMaxClientDisconnect(2 * MINUTE), "run", "running");
    assertEquals(Optional.of(NOW.plus(Duration.ofMinutes(3))), until());
  }

  @Test
  void theOlderSettingCountsWhereThereIsNoBlock() {
    allocation("a", TaskGroup.newBuilder().setMaxClientDisconnect(MINUTE), "run", "unknown");
    assertEquals(Optional.of(NOW.plus(Duration.ofMinutes(1))), until());
  }

  @ParameterizedTest
  @ValueSource(strings = {"complete", "failed", "lost"})
  void whatHasEndedWaitsForNobody(String status) {
    allocation("a", lostAfter(MINUTE), "run", status);
    assertEquals(Optional.empty(), until());
  }

  @Test
  void whatIsToStopWaitsForNobody() {
    allocation("a", lostAfter(MINUTE), "stop", "running");
    allocation("b", lostAfter(0), "run", "running");
    assertEquals(Optional.empty(), until());
  }

  private Node missed(Node node, Instant now) {
    put(NodeChange.STATUS.put(node.toBuilder(), 1));
    Outcome<Registered> outcome =
        Registration.missed(node.getId(), List.of("guard")).decide(view, 9, now);
    if (outcome instanceof Outcome.Commit<Registered> commit) {
      assertEquals(List.of("guard"), commit.guards());
      put(commit.changes().getFirst());
    } else {
      assertInstanceOf(Outcome.Unchanged.class, outcome);
    }
    return view.node(node.getId()).orElseThrow();
  }

  @Test
  void aSilentNodeIsDisconnectedForATimeThenDown() {
    allocation("a", lostAfter(MINUTE), "run", "running");
    Node disconnected = missed(NODE, NOW);
    assertEquals("disconnected", disconnected.getStatus());
    assertEquals(NOW.getEpochSecond(), disconnected.getStatusUpdatedAt());
    assertEquals("Node heartbeat missed", disconnected.getEvents(0).getMessage());

    assertEquals(disconnected.toBuilder().setModifyIndex(1).build(), missed(disconnected, NOW));
    Node down = missed(disconnected, NOW.plusSeconds(60));
    assertEquals("down", down.getStatus());
    assertEquals(disconnected.getLastMissedHeartbeatIndex(), down.getLastMissedHeartbeatIndex());
    assertEquals("Heartbeat", down.getEvents(1).getSubsystem());
  }

  @Test
  void aDisconnectedNodeThatNothingWaitsForIsDown() {
    allocation("a", lostAfter(MINUTE), "run", "running");
    Node disconnected = missed(NODE, NOW);
    allocation("a", lostAfter(MINUTE), "run", "lost");
    assertEquals("down", missed(disconnected, NOW.plusSeconds(1)).getStatus());
  }

  @Test
  void aSilentNodeThatNothingWaitsForIsDownAtOnce() {
    allocation("a", TaskGroup.newBuilder(), "run", "running");
    assertEquals("down", missed(NODE, NOW).getStatus());
  }
}
