package io.steppe.alloc.scheduler.fleet;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * The nodes of a region at one index. The list of ready ones is made once, by the first who asks.
 */
final class NodeSet {
  static final NodeSet EMPTY = new NodeSet(HashTreePMap.empty());

  private final PMap<String, NodeFacts> byId;
  private volatile List<NodeFacts> ready;

  private NodeSet(PMap<String, NodeFacts> byId) {
    this.byId = byId;
  }

  NodeSet with(NodeFacts node) {
    return new NodeSet(byId.plus(node.id(), node));
  }

  NodeSet without(String id) {
    return byId.containsKey(id) ? new NodeSet(byId.minus(id)) : this;
  }

  Optional<NodeFacts> get(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  Collection<NodeFacts> all() {
    return byId.values();
  }

  /** Ready ones ordered by id, so that equal states give equal plans. */
  List<NodeFacts> ready() {
    List<NodeFacts> known = ready;
    if (known == null) {
      known =
          byId.values().stream()
              .filter(NodeFacts::ready)
              .sorted(Comparator.comparing(NodeFacts::id))
              .toList();
      ready = known;
    }
    return known;
  }
}
