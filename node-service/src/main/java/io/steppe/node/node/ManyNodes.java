package io.steppe.node.node;

import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.node.registration.NodeEdit;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import io.steppe.query.Filter;
import io.steppe.query.InvalidFilterException;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ChangeNodesReply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Changes, in one commit, the nodes for which a filter holds: all of them, or none where one can't
 * be. Those that are so already are left out.
 *
 * @param found the nodes for which it held when they were looked for, which is not done again for
 *     the whole fleet inside a commit; one that has changed since is looked at once more
 * @param dryRun changes nothing
 */
record ManyNodes(Filter filter, List<Node> found, NodeEdit edit, boolean dryRun)
    implements Decision<NodeView, ChangeNodesReply> {
  /** What one commit carries well within the time that a request has. */
  static final int MAX_NODES = 5_000;

  /**
   * The change of all nodes of a view for which a filter holds.
   *
   * @throws Failure INVALID where it asks of nodes what they don't have, or names too many
   */
  static ManyNodes of(NodeView view, Filter filter, NodeEdit edit, boolean dryRun) {
    List<Node> found = view.nodes().values().stream().filter(node -> holds(filter, node)).toList();
    if (found.size() > MAX_NODES) {
      throw Failure.invalid(
          "the filter names "
              + found.size()
              + " nodes; at most "
              + MAX_NODES
              + " are changed at once");
    }
    return new ManyNodes(filter, found, edit, dryRun);
  }

  private static boolean holds(Filter filter, Node node) {
    try {
      return filter.matches(NodeStubs.withoutSecrets(node));
    } catch (InvalidFilterException e) {
      throw Failure.invalid("failed to read filter expression: " + e.getMessage());
    }
  }

  @Override
  public Outcome<ChangeNodesReply> decide(NodeView view, long index, Instant now) {
    ChangeNodesReply.Builder reply = ChangeNodesReply.newBuilder();
    List<Change> changes = new ArrayList<>();
    try {
      for (Node before : found) {
        Optional<Node> node = view.node(before.getId()).filter(one -> stillFound(before, one));
        node.flatMap(one -> edit.of(view, one, index, now))
            .ifPresent(
                change -> {
                  changes.add(change);
                  reply.addNodeIds(before.getId());
                });
      }
    } catch (Failure failure) {
      return new Outcome.Refused<>(failure);
    }
    return dryRun || changes.isEmpty()
        ? new Outcome.Unchanged<>(reply.build())
        : new Outcome.Commit<>(changes, reply.setIndex(index).build());
  }

  private boolean stillFound(Node before, Node now) {
    return before.getModifyIndex() == now.getModifyIndex() || holds(filter, now);
  }
}
