package io.steppe.node.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.ledger.Change;
import io.steppe.ledger.LoggedChange;
import io.steppe.node.registration.NodeEvents;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.registration.Times;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.DrainSpec;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DrainUpdateTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_795_224_253, 204_612_858);
  private static final Instant LATER = NOW.plusSeconds(30);
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final Node READY =
      TestNodes.any().toBuilder().setStatus("ready").setSchedulingEligibility("eligible").build();

  private static DrainUpdate drain(long deadline) {
    DrainSpec spec = DrainSpec.newBuilder().setDeadline(deadline).setIgnoreSystemJobs(true).build();
    return new DrainUpdate(Optional.of(spec), false, Map.of("message", "maintenance"), "ops");
  }

  private static DrainUpdate off(boolean markEligible) {
    return new DrainUpdate(Optional.empty(), markEligible, Map.of(), "other");
  }

  private static Node after(Node node, DrainUpdate update, Instant now) {
    Change change = update.of(NodeView.empty(), node, 7, now).orElseThrow();
    assertEquals("NodeDrain", change.event().orElseThrow().type());
    return NodeView.empty().apply(new LoggedChange(7, 0, change)).node(node.getId()).orElseThrow();
  }

  private static List<String> events(Node node) {
    return node.getEventsList().stream()
        .map(event -> event.getSubsystem() + ": " + event.getMessage())
        .toList();
  }

  @Test
  void aDrainHasADeadlineAndIsNoted() {
    Node node = after(READY, drain(MINUTE), NOW);
    assertTrue(node.getDrain());
    assertEquals("ineligible", node.getSchedulingEligibility());
    assertEquals(MINUTE, node.getDrainStrategy().getDeadline());
    assertTrue(node.getDrainStrategy().getIgnoreSystemJobs());
    assertEquals(Times.nanos(NOW) + MINUTE, node.getDrainStrategy().getForceDeadline());
    assertEquals(Times.nanos(NOW), node.getDrainStrategy().getStartedAt());
    assertEquals("draining", node.getLastDrain().getStatus());
    assertEquals(Times.wholeSeconds(NOW), node.getLastDrain().getStartedAt());
    assertEquals(Times.wholeSeconds(NOW), node.getLastDrain().getUpdatedAt());
    assertEquals("ops", node.getLastDrain().getAccessorId());
    assertEquals(Map.of("message", "maintenance"), node.getLastDrain().getMetaMap());
    assertEquals(List.of("Drain: " + NodeEvents.DRAIN_SET), events(node));
    assertEquals(7, node.getModifyIndex());
    assertEquals(NOW.getEpochSecond(), node.getStatusUpdatedAt());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, -5, Long.MIN_VALUE})
  void withoutADeadlineAndForcedThereIsNoTimeOfOne(long deadline) {
    Node node = after(READY, drain(deadline), NOW);
    assertEquals(deadline, node.getDrainStrategy().getDeadline());
    assertEquals(0, node.getDrainStrategy().getForceDeadline());
  }

  @Test
  void aDeadlineBeyondAllTimeIsTheEndOfIt() {
    assertEquals(
        Long.MAX_VALUE,
        after(READY, drain(Long.MAX_VALUE), NOW).getDrainStrategy().getForceDeadline());
  }

  @Test
  void anUpdateGoesOnWithTheSameDrain() {
    Node node = after(after(READY, drain(MINUTE), NOW), drain(2 * MINUTE), LATER);
    assertEquals(Times.nanos(NOW), node.getDrainStrategy().getStartedAt());
    assertEquals(Times.nanos(LATER) + 2 * MINUTE, node.getDrainStrategy().getForceDeadline());
    assertEquals(Times.wholeSeconds(NOW), node.getLastDrain().getStartedAt());
    assertEquals(Times.wholeSeconds(LATER), node.getLastDrain().getUpdatedAt());
    assertEquals("Drain: " + NodeEvents.DRAIN_UPDATED, events(node).getLast());
  }

  @Test
  void aDrainAfterAnotherBeginsAnew() {
    Node ended = after(after(READY, drain(MINUTE), NOW), off(true), NOW);
    Node node = after(ended, drain(0), LATER);
    assertEquals(Times.wholeSeconds(LATER), node.getLastDrain().getStartedAt());
    assertEquals("Drain: " + NodeEvents.DRAIN_SET, events(node).getLast());
  }

  @ParameterizedTest
  @CsvSource({"true,eligible", "false,ineligible"})
  void aDrainCalledOffIsCanceled(boolean markEligible, String eligibility) {
    Node node = after(after(READY, drain(MINUTE), NOW), off(markEligible), LATER);
    assertFalse(node.getDrain());
    assertFalse(node.hasDrainStrategy());
    assertEquals(eligibility, node.getSchedulingEligibility());
    assertEquals("canceled", node.getLastDrain().getStatus());
    assertEquals("other", node.getLastDrain().getAccessorId());
    assertEquals(Map.of("message", "maintenance"), node.getLastDrain().getMetaMap());
    assertEquals(Times.wholeSeconds(NOW), node.getLastDrain().getStartedAt());
    assertEquals("Drain: " + NodeEvents.DRAIN_DISABLED, events(node).getLast());
  }

  @Test
  void whatIsSoAlreadyIsNoChange() {
    Node ineligible = READY.toBuilder().setSchedulingEligibility("ineligible").build();
    assertTrue(off(true).of(NodeView.empty(), READY, 7, NOW).isEmpty());
    assertTrue(off(false).of(NodeView.empty(), ineligible, 7, NOW).isEmpty());
    Node node = after(ineligible, off(true), NOW);
    assertEquals("eligible", node.getSchedulingEligibility());
    assertFalse(node.hasLastDrain());
  }

  @Test
  void onlyTheLastTenEventsAreKept() {
    Node node = READY;
    for (int i = 0; i < 12; i++) {
      node = after(node, drain(i + 1L), NOW);
    }
    assertEquals(10, node.getEventsCount());
    assertTrue(
        node.getEventsList().stream()
            .map(NodeEvent::getMessage)
            .allMatch(NodeEvents.DRAIN_UPDATED::equals));
  }
}
