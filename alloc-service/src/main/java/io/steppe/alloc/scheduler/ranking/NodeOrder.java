package io.steppe.alloc.scheduler.ranking;

import io.steppe.alloc.scheduler.fleet.NodeFacts;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Nodes in a random order, so that evaluations at the same time don't fight for the same ones. Only
 * as much of the order is made as is looked at.
 */
public final class NodeOrder {
  private final List<NodeFacts> given;
  private final RandomGenerator random;
  private NodeFacts[] nodes;
  private int ordered;

  public NodeOrder(List<NodeFacts> given, RandomGenerator random) {
    this.given = given;
    this.random = random;
  }

  int size() {
    return given.size();
  }

  NodeFacts get(int at) {
    if (nodes == null) {
      nodes = given.toArray(NodeFacts[]::new);
    }
    for (; ordered <= at; ordered++) {
      int other = random.nextInt(ordered, nodes.length);
      NodeFacts swapped = nodes[ordered];
      nodes[ordered] = nodes[other];
      nodes[other] = swapped;
    }
    return nodes[at];
  }
}
