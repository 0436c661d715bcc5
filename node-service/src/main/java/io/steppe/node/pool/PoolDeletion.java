package io.steppe.node.pool;

import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.node.view.BuiltInPools;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.NodePool;
import io.steppe.rpc.ErrorList;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.NodePoolChangedReply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A node pool is forgotten: none of those that are always there, and none with nodes or jobs.
 *
 * @param region it is in
 * @param used whether jobs that are not over name it
 */
record PoolDeletion(String name, String region, boolean used)
    implements Decision<NodeView, NodePoolChangedReply> {

  @Override
  public Outcome<NodePoolChangedReply> decide(NodeView view, long index, Instant now) {
    NodePool stored = view.pools().get(name);
    if (stored == null) {
      return new Outcome.Refused<>(Failure.notFound("node pool " + name + " not found"));
    }
    List<String> hindrances = hindrances(view);
    if (!hindrances.isEmpty()) {
      return new Outcome.Refused<>(Failure.conflict(ErrorList.text(hindrances)));
    }
    if (BuiltInPools.contains(name)) {
      return new Outcome.Refused<>(
          Failure.invalid("deleting node pool \"" + name + "\" is not allowed"));
    }
    return new Outcome.Commit<>(
        List.of(PoolChange.delete(stored)),
        NodePoolChangedReply.newBuilder().setIndex(index).build());
  }

  private List<String> hindrances(NodeView view) {
    List<String> hindrances = new ArrayList<>();
    if (used) {
      hindrances.add(in("non-terminal jobs"));
    }
    if (view.nodes().values().stream().anyMatch(node -> node.getNodePool().equals(name))) {
      hindrances.add(in("nodes"));
    }
    return hindrances;
  }

  private String in(String what) {
    return "node pool \"" + name + "\" has " + what + " in regions: [" + region + "]";
  }
}
