package io.steppe.alloc.scheduler.fleet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The nodes that jobs of one pool and some datacenters may use.
 *
 * @param nodes ready ones, ordered by id
 * @param inPool ready nodes of the pool, whatever their datacenter
 * @param available the nodes by datacenter
 */
public record Usable(List<NodeFacts> nodes, int inPool, Map<String, Long> available) {
  private static final String EVERY_POOL = "all";

  static Usable of(List<NodeFacts> ready, String pool, List<String> datacenters) {
    var globs = new Globs(datacenters);
    List<NodeFacts> nodes = new ArrayList<>();
    Map<String, Long> available = new HashMap<>();
    int inPool = 0;
    for (NodeFacts node : ready) {
      if (!inPool(node, pool)) {
        continue;
      }
      inPool++;
      if (globs.matches(node.datacenter())) {
        nodes.add(node);
        available.merge(node.datacenter(), 1L, Long::sum);
      }
    }
    return new Usable(List.copyOf(nodes), inPool, Map.copyOf(available));
  }

  /** Whether a node, ready or not, is one that jobs of a pool and some datacenters may use. */
  public static boolean belongs(NodeFacts node, String pool, List<String> datacenters) {
    return inPool(node, pool) && new Globs(datacenters).matches(node.datacenter());
  }

  private static boolean inPool(NodeFacts node, String pool) {
    return pool.equals(EVERY_POOL) || node.pool().equals(pool.isEmpty() ? "default" : pool);
  }
}
