package io.steppe.alloc.scheduler.fleet;

import io.steppe.alloc.scheduler.Statuses;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Nodes and what runs on them, as the scheduler needs them: an immutable value that a view folds
 * its changes into. A change costs what it touches, one node.
 */
public final class Fleet {
  /** No nodes, no allocations. */
  public static final Fleet EMPTY = new Fleet(NodeSet.EMPTY, HashTreePMap.empty());

  private final NodeSet nodes;
  private final PMap<String, NodeLoad> loads;

  private Fleet(NodeSet nodes, PMap<String, NodeLoad> loads) {
    this.nodes = nodes;
    this.loads = loads;
  }

  /** With a node, or in place of the one with the same id. */
  public Fleet with(Node node) {
    return new Fleet(nodes.with(NodeFacts.of(node)), loads);
  }

  /** Without a node; what runs there is still counted. */
  public Fleet withoutNode(String nodeId) {
    NodeSet rest = nodes.without(nodeId);
    return rest == nodes ? this : new Fleet(rest, loads);
  }

  /** With an allocation as it is now; one that has ended or was told to takes no room. */
  public Fleet with(Allocation allocation) {
    if (Statuses.terminal(allocation)) {
      return withoutAllocation(allocation.getNodeId(), allocation.getId());
    }
    NodeLoad before = load(allocation.getNodeId());
    NodeLoad after = before.with(Footprint.of(allocation));
    return after == before ? this : new Fleet(nodes, loads.plus(allocation.getNodeId(), after));
  }

  /** Without an allocation. */
  public Fleet withoutAllocation(String nodeId, String allocationId) {
    NodeLoad before = load(nodeId);
    NodeLoad after = before.without(allocationId);
    if (after == before) {
      return this;
    }
    return new Fleet(
        nodes, after.footprints().isEmpty() ? loads.minus(nodeId) : loads.plus(nodeId, after));
  }

  /** A node, whatever its status. */
  public Optional<NodeFacts> node(String nodeId) {
    return nodes.get(nodeId);
  }

  /** Every node, in no order. */
  public Collection<NodeFacts> nodes() {
    return nodes.all();
  }

  /** Nodes that take new allocations, ordered by id. */
  public List<NodeFacts> ready() {
    return nodes.ready();
  }

  /** Nodes that jobs of a pool and some datacenters may use. */
  public Usable usable(String pool, List<String> datacenters) {
    return nodes.usable(pool, datacenters);
  }

  /** What runs on a node. */
  public NodeLoad load(String nodeId) {
    return loads.getOrDefault(nodeId, NodeLoad.EMPTY);
  }

  /**
   * Whether a plan's changes of one node still fit: the check of the commit.
   *
   * @param placed new allocations for the node, and those that change in place as they will be
   * @param gone ids of allocations the plan stops there
   * @return what is in the way, or empty when all of it fits
   */
  public Optional<String> refusal(String nodeId, Collection<Allocation> placed, Set<String> gone) {
    if (placed.isEmpty()) {
      return Optional.empty();
    }
    Optional<NodeFacts> node = node(nodeId);
    if (node.isEmpty()) {
      return Optional.of("node does not exist");
    }
    var room = new NodeRoom(node.get(), load(nodeId));
    gone.forEach(room::free);
    boolean placesNew = false;
    for (Allocation allocation : placed) {
      placesNew |= !room.free(allocation.getId());
    }
    if (placesNew && !node.get().ready()) {
      return Optional.of("node is not eligible");
    }
    for (Allocation allocation : placed) {
      Optional<String> inTheWay = room.take(Footprint.of(allocation));
      if (inTheWay.isPresent()) {
        return inTheWay;
      }
    }
    return Optional.empty();
  }
}
