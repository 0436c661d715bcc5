package io.steppe.node.view;

import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodePool;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** The node pools that are there without anybody having made them. */
public final class BuiltInPools {
  /** Every node is in it; none registers in it. */
  public static final String ALL = "all";

  /** Where a node is that names no pool. */
  public static final String DEFAULT = "default";

  static final PMap<String, NodePool> ALL_BY_NAME =
      HashTreePMap.<String, NodePool>empty()
          .plus(ALL, pool(ALL, "All nodes of the region."))
          .plus(DEFAULT, pool(DEFAULT, "Nodes that name no pool."));

  private BuiltInPools() {}

  /** Whether there is a pool of that name without anybody having made it. */
  public static boolean contains(String name) {
    return ALL_BY_NAME.containsKey(name);
  }

  /** Whether a node is in a pool; every node is in the one of no name. */
  public static boolean has(String pool, Node node) {
    return pool.isEmpty() || pool.equals(ALL) || node.getNodePool().equals(pool);
  }

  private static NodePool pool(String name, String description) {
    return NodePool.newBuilder()
        .setName(name)
        .setDescription(description)
        .setCreateIndex(1)
        .setModifyIndex(1)
        .build();
  }
}
