package io.steppe.node.node;

import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.node.registration.NodeEdit;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.NodeChangedReply;
import java.time.Instant;
import java.util.List;

/** Changes one node; index 0 when it is so already. */
record OneNode(String nodeId, NodeEdit edit) implements Decision<NodeView, NodeChangedReply> {
  @Override
  public Outcome<NodeChangedReply> decide(NodeView view, long index, Instant now) {
    try {
      Node node = NodeLookup.byId(view.nodes(), nodeId);
      return edit.of(view, node, index, now)
          .<Outcome<NodeChangedReply>>map(
              change ->
                  new Outcome.Commit<>(
                      List.of(change), NodeChangedReply.newBuilder().setIndex(index).build()))
          .orElseGet(() -> new Outcome.Unchanged<>(NodeChangedReply.getDefaultInstance()));
    } catch (Failure failure) {
      return new Outcome.Refused<>(failure);
    }
  }
}
