package io.steppe.alloc.scheduler.ranking;

import io.steppe.alloc.scheduler.fleet.Fleet;
import io.steppe.alloc.scheduler.fleet.Footprint;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.scheduler.fleet.NodeRoom;
import io.steppe.proto.v1.AllocatedResources;
import java.util.HashMap;
import java.util.Map;

/** The room of nodes as a plan changes it; only nodes that are looked at have one. */
public final class Rooms {
  private final Fleet fleet;
  private final Map<String, NodeRoom> byNode = new HashMap<>();

  public Rooms(Fleet fleet) {
    this.fleet = fleet;
  }

  /** The room of a node. */
  public NodeRoom of(NodeFacts node) {
    NodeRoom known = byNode.get(node.id());
    if (known == null) {
      known = new NodeRoom(node, fleet.load(node.id()));
      byNode.put(node.id(), known);
    }
    return known;
  }

  /** An allocation takes its room. */
  public void take(NodeFacts node, String allocationId, AllocatedResources resources) {
    of(node).takeUnchecked(Footprint.of(allocationId, resources));
  }

  /** An allocation gives its room back, if its node is still there. */
  public void free(String nodeId, String allocationId) {
    fleet.node(nodeId).ifPresent(node -> of(node).free(allocationId));
  }
}
