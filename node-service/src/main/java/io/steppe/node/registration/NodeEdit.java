package io.steppe.node.registration;

import io.steppe.ledger.Change;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import java.time.Instant;
import java.util.Optional;

/** What is done to one node, wherever it is named by its id or by a filter. Pure. */
@FunctionalInterface
public interface NodeEdit {
  /**
   * The change that it comes to; empty when the node is so already.
   *
   * @param index the index the change will have
   * @throws io.steppe.rpc.Failure when the node can't be changed so; nothing is changed then
   */
  Optional<Change> of(NodeView view, Node node, long index, Instant now);
}
