package io.steppe.node.drain;

import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.NodeEvents;
import io.steppe.node.registration.NodeEvents.Subsystem;
import io.steppe.node.registration.NodeStatus;
import io.steppe.node.registration.Times;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DrainMetadata;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.v1.NodeChangedReply;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A drain is over when nothing is left on the node that must go. The node stays ineligible. Decided
 * against the view that the commit is made on, so whoever notices it first completes it, once.
 */
record DrainCompletion(String nodeId) implements Decision<NodeView, NodeChangedReply> {
  private static final Set<String> ENDED = Set.of("complete", "failed", "lost");
  private static final Set<String> SYSTEM = Set.of("system", "sysbatch");

  /** Whether the node drains and is empty. */
  static boolean isDue(NodeView view, Node node) {
    return node.hasDrainStrategy()
        && view.allocationsOf(node.getId()).values().stream()
            .noneMatch(allocation -> mustGo(view, node, allocation));
  }

  private static boolean mustGo(NodeView view, Node node, Allocation allocation) {
    if (ENDED.contains(allocation.getClientStatus())) {
      return false;
    }
    return !node.getDrainStrategy().getIgnoreSystemJobs()
        || view.jobOf(allocation).map(Job::getType).filter(SYSTEM::contains).isEmpty();
  }

  @Override
  public Outcome<NodeChangedReply> decide(NodeView view, long index, Instant now) {
    Optional<Node> node = view.node(nodeId).filter(one -> isDue(view, one));
    if (node.isEmpty()) {
      return new Outcome.Unchanged<>(NodeChangedReply.getDefaultInstance());
    }
    return new Outcome.Commit<>(
        List.of(completed(node.get(), index, now)),
        NodeChangedReply.newBuilder().setIndex(index).build());
  }

  private static Change completed(Node node, long index, Instant now) {
    long deadline = node.getDrainStrategy().getForceDeadline();
    boolean late = deadline != 0 && Times.nanos(now) >= deadline;
    DrainMetadata last =
        node.getLastDrain().toBuilder()
            .setUpdatedAt(Times.wholeSeconds(now))
            .setStatus(DrainStatus.COMPLETE.text())
            .build();
    Node.Builder done =
        NodeStatus.touched(node.toBuilder(), now)
            .clearDrainStrategy()
            .clearDrain()
            .setLastDrain(last);
    return NodeChange.DRAIN.put(
        NodeEvents.add(
            done,
            Subsystem.DRAIN,
            NodeEvents.DRAIN_COMPLETE,
            late ? Map.of(NodeEvents.DEADLINE_REACHED, "true") : Map.of(),
            index,
            now),
        index);
  }
}
