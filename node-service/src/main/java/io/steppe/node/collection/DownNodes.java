package io.steppe.node.collection;

import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.NodeStatus;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.v1.ChangeNodesReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Forgets those of some nodes that still are not needed when it is decided.
 *
 * @param ids of the nodes
 * @param age how long a node has to be down
 */
record DownNodes(List<String> ids, Duration age) implements Decision<NodeView, ChangeNodesReply> {
  private static final Set<String> ENDED = Set.of("complete", "failed", "lost");
  private static final Set<String> STOPPED = Set.of("stop", "evict");

  /** Up to so many nodes that are down for long, with nothing on them that may go on. */
  static DownNodes of(NodeView view, Duration age, int most, Instant now) {
    List<String> ids =
        view.nodes().values().stream()
            .filter(node -> isOver(view, node, age, now))
            .limit(most)
            .map(Node::getId)
            .toList();
    return new DownNodes(ids, age);
  }

  private static boolean isOver(NodeView view, Node node, Duration age, Instant now) {
    return NodeStatus.DOWN.isOf(node)
        && !Instant.ofEpochSecond(node.getStatusUpdatedAt()).plus(age).isAfter(now)
        && view.allocationsOf(node.getId()).values().stream().allMatch(DownNodes::isOver);
  }

  private static boolean isOver(Allocation allocation) {
    return ENDED.contains(allocation.getClientStatus())
        || STOPPED.contains(allocation.getDesiredStatus());
  }

  @Override
  public Outcome<ChangeNodesReply> decide(NodeView view, long index, Instant now) {
    List<Node> gone =
        ids.stream()
            .map(view::node)
            .flatMap(Optional::stream)
            .filter(node -> isOver(view, node, age, now))
            .toList();
    if (gone.isEmpty()) {
      return new Outcome.Unchanged<>(ChangeNodesReply.getDefaultInstance());
    }
    List<Change> changes = gone.stream().map(NodeChange::delete).toList();
    return new Outcome.Commit<>(
        changes,
        ChangeNodesReply.newBuilder()
            .setIndex(index)
            .addAllNodeIds(gone.stream().map(Node::getId).toList())
            .build());
  }
}
