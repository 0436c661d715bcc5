package io.steppe.node.registration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Outcome;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.DrainStrategy;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeEvent;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.Registered;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RegistrationTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_795_224_189, 5);
  private static final NodeSecret SECRET = NodeSecret.of("secret-of-the-node");
  private static final Node SENT = TestNodes.any();
  private static final String ID = SENT.getId();

  private NodeView view = NodeView.empty();
  private long index;

  @Test
  void aNewNodeInitializesAndIsEligible() {
    Outcome.Commit<Registered> commit = committed(register(SENT));
    Change change = commit.changes().getFirst();
    assertEquals("NodeRegistration", change.event().orElseThrow().type());
    assertEquals("Node", change.event().orElseThrow().topic());
    assertEquals(ID, change.event().orElseThrow().key());

    Node node = node();
    assertEquals("initializing", node.getStatus());
    assertEquals("eligible", node.getSchedulingEligibility());
    assertEquals("default", node.getNodePool());
    assertEquals(1, node.getCreateIndex());
    assertEquals(1, node.getModifyIndex());
    assertEquals(NOW.getEpochSecond(), node.getStatusUpdatedAt());
    assertEquals(List.of("Node registered"), messages(node));
    assertTrue(node.getComputedClass().startsWith("v1:"));
  }

  @Test
  void theSecretIsKeptAsAHashOnly() {
    committed(register(SENT.toBuilder().setSecretId("secret-of-the-node").build()));
    assertEquals("", node().getSecretId());
    assertEquals(64, node().getSecretHash().length());
    assertFalse(node().toString().contains("secret-of-the-node"));
  }

  @Test
  void aWrongSecretIsDenied() {
    committed(register(SENT));
    Node changed = SENT.toBuilder().setName("taken over").build();
    Outcome<Registered> outcome =
        Registration.register(Fingerprint.of(changed), NodeSecret.of("guessed"))
            .decide(view, index + 1, NOW);
    Failure failure = assertInstanceOf(Outcome.Refused.class, outcome).failure();
    assertEquals(Kind.DENIED, failure.kind());
  }

  @Test
  void theSameAgainWritesNothing() {
    committed(register(SENT));
    assertInstanceOf(Outcome.Unchanged.class, decide(register(SENT)));
  }

  @Test
  void whenDriversWereLookedAtIsNoChange() {
    committed(register(SENT));
    DriverInfo later = SENT.getDriversOrThrow("raw_exec").toBuilder().setUpdateTime(99).build();
    Node again = SENT.toBuilder().putDrivers("raw_exec", later).build();
    assertInstanceOf(Outcome.Unchanged.class, decide(register(again)));
  }

  @Test
  void aDriverWhoseHealthChangedIsTold() {
    committed(register(SENT));
    DriverInfo driver = SENT.getDriversOrThrow("raw_exec");
    Node sick =
        SENT.toBuilder()
            .putDrivers(
                "raw_exec",
                driver.toBuilder().setHealthy(false).setHealthDescription("no such shell").build())
            .putDrivers("java", driver)
            .build();
    committed(register(sick));
    NodeEvent event = node().getEvents(1);
    assertEquals("Driver", event.getSubsystem());
    assertEquals("no such shell", event.getMessage());
    assertEquals(Map.of("driver", "raw_exec"), event.getDetailsMap());
    assertEquals(2, node().getEventsCount(), "a driver that is new is no event");
    committed(register(SENT));
    assertEquals("Healthy", node().getEvents(2).getMessage());
  }

  @Test
  void aChangedNodeKeepsWhatIsTheServers() {
    committed(register(SENT));
    committed(Registration.ready(ID, List.of()));
    put(
        node().toBuilder()
            .setSchedulingEligibility("ineligible")
            .setDrain(true)
            .setDrainStrategy(DrainStrategy.newBuilder().setDeadline(5)));
    Node sent =
        SENT.toBuilder()
            .setName("renamed")
            .setStatus("down")
            .setSchedulingEligibility("eligible")
            .setCreateIndex(77)
            .addEvents(NodeEvent.newBuilder().setMessage("made up"))
            .setSecretHash("made up")
            .build();
    Node before = node();
    committed(register(sent));
    Node node = node();
    assertEquals("renamed", node.getName());
    assertEquals("ready", node.getStatus());
    assertEquals("ineligible", node.getSchedulingEligibility());
    assertTrue(node.getDrain());
    assertEquals(5, node.getDrainStrategy().getDeadline());
    assertEquals(before.getCreateIndex(), node.getCreateIndex());
    assertEquals(before.getEventsList(), node.getEventsList());
    assertEquals(before.getSecretHash(), node.getSecretHash());
    assertEquals(index, node.getModifyIndex());
  }

  @Test
  void aPoolIsMadeWithItsFirstNode() {
    committed(register(SENT.toBuilder().setNodePool("gpu").build()));
    assertEquals(1, view.pools().get("gpu").getCreateIndex());
    committed(register(TestNodes.any().toBuilder().setNodePool("gpu").build()));
    assertEquals(1, view.pools().get("gpu").getModifyIndex());
    assertEquals(3, view.pools().size());
  }

  @Test
  void aNodeGetsReadyDownAndReadyAgain() {
    committed(register(SENT));
    Change ready = committed(Registration.ready(ID, List.of())).changes().getFirst();
    assertEquals("NodeStreamEvent", ready.event().orElseThrow().type());
    assertEquals("ready", node().getStatus());
    assertInstanceOf(Outcome.Unchanged.class, decide(Registration.ready(ID, List.of())));

    Outcome.Commit<Registered> down = committed(Registration.missed(ID, List.of("a guard")));
    assertEquals(List.of("a guard"), down.guards());
    assertEquals("down", node().getStatus());
    assertEquals(index, node().getLastMissedHeartbeatIndex());
    assertInstanceOf(Outcome.Unchanged.class, decide(Registration.missed(ID, List.of())));

    committed(Registration.ready(ID, List.of()));
    assertEquals("ready", node().getStatus());
    assertEquals(
        List.of("Node registered", "Node heartbeat missed", "Node reregistered by heartbeat"),
        messages(node()));
  }

  @Test
  void tenEventsAreKept() {
    committed(register(SENT));
    IntStream.range(0, 7)
        .forEach(
            _ -> {
              committed(Registration.ready(ID, List.of()));
              committed(Registration.missed(ID, List.of()));
            });
    assertEquals(10, node().getEventsCount());
    assertEquals("Node heartbeat missed", node().getEvents(9).getMessage());
    assertEquals(index, node().getEvents(9).getCreateIndex());
  }

  @Test
  void whatIsNoNodeIsRefused() {
    refused("missing node ID", SENT.toBuilder().clearId());
    refused("UUID", SENT.toBuilder().setId("not-a-uuid"));
    refused("UUID", SENT.toBuilder().setId("11111111-1111-4111-8111-11111111111G"));
    refused("missing node name", SENT.toBuilder().clearName());
    refused("missing datacenter", SENT.toBuilder().clearDatacenter());
    refused("node pool \"all\"", SENT.toBuilder().setNodePool("all"));
    refused("invalid node pool", SENT.toBuilder().setNodePool("no spaces"));
  }

  private static void refused(String text, Node.Builder node) {
    Failure failure = assertThrows(Failure.class, () -> Fingerprint.of(node.build()));
    assertEquals(Kind.INVALID, failure.kind());
    assertTrue(failure.getMessage().contains(text), failure.getMessage());
  }

  private static Decision<NodeView, Registered> register(Node node) {
    return Registration.register(Fingerprint.of(node), SECRET);
  }

  private Outcome<Registered> decide(Decision<NodeView, Registered> decision) {
    return decision.decide(view, index + 1, NOW);
  }

  private Outcome.Commit<Registered> committed(Decision<NodeView, Registered> decision) {
    if (decide(decision) instanceof Outcome.Commit<Registered> commit) {
      index++;
      assertEquals(index, commit.result().getIndex());
      commit.changes().forEach(change -> view = view.apply(new LoggedChange(index, 0, change)));
      return commit;
    }
    throw new AssertionError("not committed");
  }

  private void put(Node.Builder node) {
    index++;
    view = view.apply(new LoggedChange(index, 0, NodeChange.DRAIN.put(node, index)));
  }

  private Node node() {
    return view.node(ID).orElseThrow();
  }

  private static List<String> messages(Node node) {
    return node.getEventsList().stream().map(NodeEvent::getMessage).toList();
  }
}
