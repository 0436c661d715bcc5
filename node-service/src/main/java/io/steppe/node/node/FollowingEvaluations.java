package io.steppe.node.node;

import io.smallrye.mutiny.Uni;
import io.steppe.rpc.v1.NodeEvaluationsReply;

/** The evaluations that follow from changes of nodes; alloc-service makes them. */
@FunctionalInterface
public interface FollowingEvaluations {
  /**
   * Those of a node's change at an index, once they are made. Never fails: empty when they were not
   * made in time.
   */
  Uni<NodeEvaluationsReply> of(String nodeId, long nodeIndex);
}
