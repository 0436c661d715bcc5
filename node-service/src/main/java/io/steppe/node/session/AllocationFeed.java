package io.steppe.node.session;

import io.steppe.ledger.Advance;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Tables;
import io.steppe.node.registration.NodeStatus;
import io.steppe.node.session.SessionEvent.GivenUp;
import io.steppe.node.session.SessionState.Live;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/** Follows the log and tells agents of their nodes' allocations. */
public final class AllocationFeed {
  private final Sessions sessions;
  private final Executor sender;

  /**
   * @param sender sends to agents, off the ledger's thread
   */
  public AllocationFeed(Sessions sessions, Executor sender) {
    this.sessions = sessions;
    this.sender = sender;
  }

  /** Begins to follow. */
  public AutoCloseable follow(Ledger<NodeView> ledger) {
    return ledger.follow(this::advanced);
  }

  private void advanced(Advance<NodeView> step) {
    if (step.reloaded()) {
      sender.execute(
          () ->
              sessions
                  .all()
                  .forEach(one -> one.stream().ifPresent(AgentStream::allocationsReloaded)));
      return;
    }
    Map<String, Set<String>> changed = new HashMap<>();
    for (LoggedChange logged : step.changes()) {
      switch (logged.change().table()) {
        case Tables.ALLOCS -> allocation(step, logged.change().key(), changed);
        case Tables.NODES -> node(step, logged);
        default -> {}
      }
    }
    if (!changed.isEmpty()) {
      tell(changed);
    }
  }

  private void allocation(Advance<NodeView> step, String id, Map<String, Set<String>> changed) {
    Optional<Allocation> before = step.before().view().allocation(id);
    Optional<Allocation> after = step.after().view().allocation(id);
    if (!forAgent(before, after)) {
      return;
    }
    after
        .or(() -> before)
        .ifPresent(one -> changed.computeIfAbsent(one.getNodeId(), _ -> new HashSet<>()).add(id));
  }

  /** Whether an agent needs to know: what it reported itself comes by here too. */
  private static boolean forAgent(Optional<Allocation> before, Optional<Allocation> after) {
    if (before.isEmpty() || after.isEmpty()) {
      return before.isPresent() || after.isPresent();
    }
    Allocation old = before.get();
    Allocation now = after.get();
    return old.getAllocModifyIndex() != now.getAllocModifyIndex()
        || old.getJobVersion() != now.getJobVersion()
        || !old.getDesiredStatus().equals(now.getDesiredStatus())
        || !old.getDesiredTransition().equals(now.getDesiredTransition());
  }

  /** A node that somebody else took down or away after its session began has to register again. */
  private void node(Advance<NodeView> step, LoggedChange logged) {
    String id = logged.change().key();
    Optional<Node> after = step.after().view().node(id);
    if (after.isPresent() && !NodeStatus.DOWN.isOf(after.get())) {
      return;
    }
    Ending why = after.isPresent() ? Ending.EXPIRED : Ending.PURGED;
    sessions
        .of(id)
        .filter(session -> session.state() instanceof Live)
        .filter(session -> session.admittedAt() < logged.index())
        .ifPresent(session -> sender.execute(() -> sessions.move(session, new GivenUp(why))));
  }

  private void tell(Map<String, Set<String>> changed) {
    List<AgentStream> streams = new ArrayList<>();
    changed.forEach(
        (node, ids) ->
            sessions
                .of(node)
                .flatMap(Session::stream)
                .ifPresent(
                    stream -> {
                      stream.allocationsChanged(ids);
                      streams.add(stream);
                    }));
    sender.execute(() -> streams.forEach(AgentStream::drain));
  }
}
