package io.steppe.alloc.scheduler.fleet;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * The nodes of a region at one index. The list of ready ones is made once, by the first who asks.
 */
final class NodeSet {
  private static final int MAX_REMEMBERED = 256;

  static final NodeSet EMPTY = new NodeSet(HashTreePMap.empty());

  private final PMap<String, NodeFacts> byId;
  private volatile List<NodeFacts> ready;
  private final Map<Asked, Usable> usable = new ConcurrentHashMap<>();

  private record Asked(String pool, List<String> datacenters) {}

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

  /** What jobs of a pool and some datacenters may use; remembered while no node changes. */
  Usable usable(String pool, List<String> datacenters) {
    if (usable.size() >= MAX_REMEMBERED) {
      usable.clear();
    }
    return usable.computeIfAbsent(
        new Asked(pool, List.copyOf(datacenters)),
        asked -> Usable.of(ready(), pool, asked.datacenters()));
  }
}
