package io.steppe.node.pool;

import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.node.view.BuiltInPools;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.NodePool;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.NodePoolChangedReply;
import java.time.Instant;
import java.util.List;

/** A node pool is forgotten: none of those that are always there, and none with nodes. */
record PoolDeletion(String name) implements Decision<NodeView, NodePoolChangedReply> {

  /**
   * The deletion of a pool.
   *
   * @throws Failure INVALID for a pool that is always there
   */
  static PoolDeletion of(String name) {
    if (BuiltInPools.contains(name)) {
      throw Failure.invalid("deleting node pool \"" + name + "\" is not allowed");
    }
    return new PoolDeletion(name);
  }

  @Override
  public Outcome<NodePoolChangedReply> decide(NodeView view, long index, Instant now) {
    NodePool stored = view.pools().get(name);
    if (stored == null) {
      return new Outcome.Refused<>(Failure.notFound("node pool not found"));
    }
    if (view.nodes().values().stream().anyMatch(node -> node.getNodePool().equals(name))) {
      return new Outcome.Refused<>(Failure.conflict("node pool \"" + name + "\" has nodes"));
    }
    return new Outcome.Commit<>(
        List.of(PoolChange.delete(stored)),
        NodePoolChangedReply.newBuilder().setIndex(index).build());
  }
}
