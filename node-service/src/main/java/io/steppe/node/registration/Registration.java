package io.steppe.node.registration;

import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.node.introduction.Introduction;
import io.steppe.node.introduction.Spending;
import io.steppe.node.pool.PoolChange;
import io.steppe.node.registration.NodeEvents.Subsystem;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodePool;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Registered;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a node's registration and the changes of its status come to. The answers' index is the
 * node's, as it then is.
 */
public final class Registration {
  public static final String ELIGIBLE = "eligible";
  public static final String INELIGIBLE = "ineligible";

  private Registration() {}

  /**
   * A node makes itself known: stored when it is new or says something new, nothing otherwise.
   * DENIED when the secret is not the one it came with first.
   */
  public static Decision<NodeView, Registered> register(
      Fingerprint fingerprint, NodeSecret secret) {
    return register(fingerprint, secret, new Introduction.NotAsked());
  }

  /**
   * The same, where a node that is new may have to be introduced. DENIED when it is not.
   *
   * @param introduction what it shows
   */
  public static Decision<NodeView, Registered> register(
      Fingerprint fingerprint, NodeSecret secret, Introduction introduction) {
    return (view, index, now) -> {
      Optional<Node> stored = view.node(fingerprint.node().getId());
      if (stored.isEmpty()) {
        Optional<Failure> refusal = Spending.refusal(introduction, view, fingerprint.node(), now);
        if (refusal.isPresent()) {
          return new Outcome.Refused<>(refusal.get());
        }
        Node.Builder node = created(fingerprint, secret, index, now);
        List<Change> changes = new ArrayList<>(registered(view, index, node));
        changes.addAll(Spending.changes(introduction, view, now));
        return new Outcome.Commit<>(changes, answer(index));
      }
      if (!secret.isOf(stored.get())) {
        return new Outcome.Refused<>(Failure.denied("node secret ID does not match"));
      }
      return updated(view, index, now, fingerprint, stored.get(), List.of());
    };
  }

  /**
   * The fingerprint of a node in session changed. CONFLICT when the session is over.
   *
   * @param guards that the session is the node's newest
   */
  public static Decision<NodeView, Registered> update(
      Fingerprint fingerprint, List<String> guards) {
    return (view, index, now) ->
        view.node(fingerprint.node().getId())
            .map(stored -> updated(view, index, now, fingerprint, stored, guards))
            .orElseGet(() -> new Outcome.Refused<>(Failure.notFound("node not found")));
  }

  /**
   * A node's session began: the node is ready.
   *
   * @param guards that the session is the node's newest
   */
  public static Decision<NodeView, Registered> ready(String nodeId, List<String> guards) {
    return (view, index, now) -> {
      Optional<Node> stored = view.node(nodeId);
      if (stored.isEmpty()) {
        return new Outcome.Refused<>(Failure.notFound("node not found"));
      }
      Node node = stored.get();
      if (NodeStatus.READY.isOf(node)) {
        return new Outcome.Unchanged<>(answer(node.getModifyIndex()));
      }
      Node.Builder ready = withStatus(node, NodeStatus.READY, now);
      if (!NodeStatus.INITIALIZING.isOf(node)) {
        NodeEvents.add(ready, NodeEvents.REREGISTERED, index, now);
      }
      return new Outcome.Commit<>(
          List.of(NodeChange.STATUS.put(ready, index)), answer(index), guards);
    };
  }

  /**
   * A node was not heard of in time: it is disconnected while its allocations may wait for it, and
   * down otherwise.
   *
   * @param guards that nobody else has heard of it, and that the one who says so still may
   */
  public static Decision<NodeView, Registered> missed(String nodeId, List<String> guards) {
    return (view, index, now) -> {
      Optional<Node> stored = view.node(nodeId);
      if (stored.isEmpty() || NodeStatus.DOWN.isOf(stored.get())) {
        return new Outcome.Unchanged<>(answer(stored.map(Node::getModifyIndex).orElse(0L)));
      }
      Node node = stored.get();
      NodeStatus status =
          Disconnection.until(view, node, now).isPresent()
              ? NodeStatus.DISCONNECTED
              : NodeStatus.DOWN;
      if (status.isOf(node)) {
        return new Outcome.Unchanged<>(answer(node.getModifyIndex()));
      }
      return new Outcome.Commit<>(
          List.of(NodeChange.STATUS.put(silent(node, status, index, now), index)),
          answer(index),
          guards);
    };
  }

  private static Node.Builder silent(Node node, NodeStatus status, long index, Instant now) {
    Node.Builder silent = withStatus(node, status, now);
    return NodeStatus.DISCONNECTED.isOf(node)
        ? NodeEvents.add(
            silent, Subsystem.HEARTBEAT, NodeEvents.AWAY_TOO_LONG, Map.of(), index, now)
        : NodeEvents.add(
            silent.setLastMissedHeartbeatIndex(index), NodeEvents.HEARTBEAT_MISSED, index, now);
  }

  private static Node.Builder created(
      Fingerprint fingerprint, NodeSecret secret, long index, Instant now) {
    Node.Builder node =
        fingerprint.node().toBuilder()
            .setSecretHash(secret.hash())
            .setSchedulingEligibility(ELIGIBLE)
            .setStatus(NodeStatus.INITIALIZING.text())
            .setStatusUpdatedAt(now.getEpochSecond())
            .setCreateIndex(index);
    return NodeEvents.add(node, NodeEvents.REGISTERED, index, now);
  }

  private static Outcome<Registered> updated(
      NodeView view,
      long index,
      Instant now,
      Fingerprint fingerprint,
      Node stored,
      List<String> guards) {
    if (fingerprint.matches(stored)) {
      return new Outcome.Unchanged<>(answer(stored.getModifyIndex()));
    }
    Node.Builder node = DriverEvents.add(stored, fingerprint.over(stored), index, now);
    return new Outcome.Commit<>(registered(view, index, node), answer(index), guards);
  }

  private static Node.Builder withStatus(Node node, NodeStatus status, Instant now) {
    return node.toBuilder()
        .setStatus(status.text())
        .clearStatusDescription()
        .setStatusUpdatedAt(now.getEpochSecond());
  }

  /** The node, and its pool when it is the first to name it. */
  private static List<Change> registered(NodeView view, long index, Node.Builder node) {
    var changes = new ArrayList<Change>();
    changes.add(NodeChange.REGISTRATION.put(node, index));
    String pool = node.getNodePool();
    if (!view.pools().containsKey(pool)) {
      changes.add(PoolChange.put(NodePool.newBuilder().setName(pool).setCreateIndex(index), index));
    }
    return changes;
  }

  private static Registered answer(long index) {
    return Registered.newBuilder().setIndex(index).build();
  }
}
