package io.steppe.node.node;

import io.steppe.ledger.Change;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.NodeEdit;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import java.time.Instant;
import java.util.Optional;

/**
 * The node is forgotten. An agent that is alive loses its session by it, and registers again as a
 * new node of the same id.
 */
record Purge() implements NodeEdit {
  @Override
  public Optional<Change> of(NodeView view, Node node, long index, Instant now) {
    return Optional.of(NodeChange.delete(node));
  }
}
