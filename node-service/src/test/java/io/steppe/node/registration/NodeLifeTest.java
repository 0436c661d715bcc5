package io.steppe.node.registration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.node.drain.DrainUpdate;
import io.steppe.node.node.Eligibility;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DisconnectStrategy;
import io.steppe.proto.v1.DrainSpec;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.rpc.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The whole life of a node: every state that any sequence of what can happen leads to, and in each
 * of them everything that can happen.
 */
class NodeLifeTest {
  private static final Instant BEGIN = Instant.ofEpochSecond(1_795_224_189);
  private static final Duration STEP = Duration.ofSeconds(40);
  private static final Duration LOST_AFTER = Duration.ofMinutes(1);
  private static final Node SENT = TestNodes.any();
  private static final String ID = SENT.getId();

  private enum Happening {
    REGISTER,
    SESSION,
    MISSED,
    MISSED_LONG_AFTER,
    PURGE,
    MAKE_ELIGIBLE,
    MAKE_INELIGIBLE,
    DRAIN,
    CALL_OFF,
    CALL_OFF_AND_USE,
    WAITING_ALLOCATION,
    ALLOCATION_ENDS
  }

  /** What two views must share for the same to be able to happen in them. */
  private record State(
      String status, String eligibility, boolean draining, String lastDrain, boolean waiting) {
    static State of(NodeView view) {
      Node node = view.node(ID).orElse(Node.getDefaultInstance());
      return new State(
          node.getStatus(),
          node.getSchedulingEligibility(),
          node.hasDrainStrategy(),
          node.getLastDrain().getStatus(),
          waits(view));
    }
  }

  private record Reached(NodeView view, Instant now, long index) {}

  private static boolean waits(NodeView view) {
    return view.allocation("a").filter(one -> one.getClientStatus().equals("running")).isPresent();
  }

  private static NodeView withAllocation(NodeView view, String clientStatus) {
    Job job =
        Job.newBuilder()
            .setId("job")
            .setNamespace("default")
            .addTaskGroups(
                TaskGroup.newBuilder()
                    .setName("group")
                    .setDisconnect(
                        DisconnectStrategy.newBuilder().setLostAfter(LOST_AFTER.toNanos())))
            .build();
    Allocation allocation =
        Allocation.newBuilder()
            .setId("a")
            .setNodeId(ID)
            .setNamespace("default")
            .setJobId("job")
            .setTaskGroup("group")
            .setDesiredStatus("run")
            .setClientStatus(clientStatus)
            .build();
    return applied(
        view,
        List.of(
            Change.put(Tables.JOB_VERSIONS, "default/job#0", job.toByteString()),
            Change.put(Tables.ALLOCS, "a", allocation.toByteString())));
  }

  private static NodeView applied(NodeView view, List<Change> changes) {
    NodeView after = view;
    for (Change change : changes) {
      after = after.apply(new LoggedChange(1, 0, change));
    }
    return after;
  }

  private static Reached after(Reached from, Happening what) {
    Instant now =
        from.now.plus(what == Happening.MISSED_LONG_AFTER ? LOST_AFTER.multipliedBy(2) : STEP);
    long index = from.index + 1;
    NodeView view = from.view;
    NodeView then =
        switch (what) {
          case REGISTER ->
              decided(
                  view,
                  Registration.register(Fingerprint.of(SENT), NodeSecret.of("secret")),
                  index,
                  now);
          case SESSION -> decided(view, Registration.ready(ID, List.of()), index, now);
          case MISSED, MISSED_LONG_AFTER ->
              decided(view, Registration.missed(ID, List.of()), index, now);
          case PURGE ->
              edited(view, (_, node, _, _) -> Optional.of(NodeChange.delete(node)), index, now);
          case MAKE_ELIGIBLE -> edited(view, Eligibility.ELIGIBLE, index, now);
          case MAKE_INELIGIBLE -> edited(view, Eligibility.INELIGIBLE, index, now);
          case DRAIN ->
              edited(
                  view,
                  new DrainUpdate(
                      Optional.of(DrainSpec.getDefaultInstance()), false, Map.of(), "ops"),
                  index,
                  now);
          case CALL_OFF ->
              edited(view, new DrainUpdate(Optional.empty(), false, Map.of(), "ops"), index, now);
          case CALL_OFF_AND_USE ->
              edited(view, new DrainUpdate(Optional.empty(), true, Map.of(), "ops"), index, now);
          case WAITING_ALLOCATION -> withAllocation(view, "running");
          case ALLOCATION_ENDS -> withAllocation(view, "lost");
        };
    return new Reached(then, now, index);
  }

  private static <R> NodeView decided(
      NodeView view, Decision<NodeView, R> decision, long index, Instant now) {
    return switch (decision.decide(view, index, now)) {
      case Outcome.Commit<R> commit -> applied(view, commit.changes());
      case Outcome.Unchanged<R> _, Outcome.Refused<R> _ -> view;
    };
  }

  private static NodeView edited(NodeView view, NodeEdit edit, long index, Instant now) {
    Optional<Node> node = view.node(ID);
    if (node.isEmpty()) {
      return view;
    }
    try {
      return edit.of(view, node.get(), index, now)
          .map(change -> applied(view, List.of(change)))
          .orElse(view);
    } catch (Failure refused) {
      return view;
    }
  }

  /** Where a status may lead by what happens; what is not named leads nowhere else. */
  private static final Map<Happening, Map<String, Set<String>>> MOVES = moves();

  private static Map<Happening, Map<String, Set<String>>> moves() {
    Map<Happening, Map<String, Set<String>>> moves = new EnumMap<>(Happening.class);
    moves.put(Happening.REGISTER, Map.of("", Set.of("initializing")));
    moves.put(
        Happening.SESSION,
        Map.of(
            "initializing", Set.of("ready"),
            "down", Set.of("ready"),
            "disconnected", Set.of("ready")));
    moves.put(
        Happening.MISSED,
        Map.of(
            "initializing", Set.of("down", "disconnected"),
            "ready", Set.of("down", "disconnected"),
            "disconnected", Set.of("disconnected", "down")));
    moves.put(
        Happening.MISSED_LONG_AFTER,
        Map.of(
            "initializing", Set.of("down", "disconnected"),
            "ready", Set.of("down", "disconnected"),
            "disconnected", Set.of("down")));
    moves.put(
        Happening.PURGE,
        Map.of(
            "initializing", Set.of(""),
            "ready", Set.of(""),
            "down", Set.of(""),
            "disconnected", Set.of("")));
    return moves;
  }

  @Test
  void everyStateKeepsWhatNodesPromise() {
    Reached begin = new Reached(NodeView.empty(), BEGIN, 0);
    Set<State> seen = new HashSet<>(Set.of(State.of(begin.view)));
    Deque<Reached> open = new ArrayDeque<>(List.of(begin));
    Set<String> statuses = new HashSet<>();
    while (!open.isEmpty()) {
      Reached from = open.poll();
      for (Happening what : EnumSet.allOf(Happening.class)) {
        Reached to = after(from, what);
        check(from, what, to);
        statuses.add(State.of(to.view).status);
        if (seen.add(State.of(to.view))) {
          open.add(to);
        }
      }
    }
    assertEquals(Set.of("", "initializing", "ready", "down", "disconnected"), statuses);
    assertTrue(seen.size() > 40, "states: " + seen.size());
  }

  private static void check(Reached from, Happening what, Reached to) {
    State before = State.of(from.view);
    State after = State.of(to.view);
    String story = before + " " + what + " " + after;
    Set<String> allowed =
        MOVES.getOrDefault(what, Map.of()).getOrDefault(before.status, Set.of(before.status));
    assertTrue(allowed.contains(after.status), story);
    if (what == Happening.MISSED || what == Happening.MISSED_LONG_AFTER) {
      boolean fresh = !before.status.equals("disconnected");
      boolean silent = !before.status.isEmpty() && !before.status.equals("down");
      if (silent && fresh) {
        assertEquals(before.waiting ? "disconnected" : "down", after.status, story);
      }
    }
    to.view.node(ID).ifPresent(node -> check(from.view.node(ID), node, to, story));
  }

  private static void check(Optional<Node> before, Node node, Reached to, String story) {
    boolean draining = node.hasDrainStrategy();
    assertEquals(draining, node.getDrain(), story);
    assertEquals(draining, node.getLastDrain().getStatus().equals("draining"), story);
    assertTrue(!draining || node.getSchedulingEligibility().equals("ineligible"), story);
    assertTrue(node.getEventsCount() <= 10, story);
    assertTrue(node.getStatusUpdatedAt() <= to.now.getEpochSecond(), story);
    boolean same = before.filter(node::equals).isPresent();
    assertEquals(!same, node.getModifyIndex() == to.index, story);
    assertEquals("", node.getSecretId(), story);
    before.ifPresent(
        known -> {
          assertEquals(known.getCreateIndex(), node.getCreateIndex(), story);
          assertEquals(known.getSecretHash(), node.getSecretHash(), story);
        });
  }
}
