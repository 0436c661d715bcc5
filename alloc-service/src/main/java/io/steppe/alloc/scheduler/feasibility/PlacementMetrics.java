package io.steppe.alloc.scheduler.feasibility;

import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.AllocMetric;
import io.steppe.proto.v1.NodeScoreMeta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what one placement looked at and why nodes were refused. */
public final class PlacementMetrics {
  private final String pool;
  private final int nodesInPool;
  private final Map<String, Long> available;
  private int evaluated;
  private int filtered;
  private int exhausted;
  private final Map<String, Long> classFiltered = new HashMap<>(4);
  private final Map<String, Long> constraintFiltered = new HashMap<>(4);
  private final Map<String, Long> classExhausted = new HashMap<>(4);
  private final Map<String, Long> dimensionExhausted = new HashMap<>(4);

  /**
   * @param nodesInPool ready nodes of the pool
   * @param available ready nodes by datacenter
   */
  public PlacementMetrics(String pool, int nodesInPool, Map<String, Long> available) {
    this.pool = pool;
    this.nodesInPool = nodesInPool;
    this.available = available;
  }

  /** A node was looked at. */
  public void evaluated() {
    evaluated++;
  }

  /** A node can't run it. */
  public void filtered(NodeFacts node, String reason) {
    filtered++;
    constraintFiltered.merge(reason, 1L, Long::sum);
    if (!node.nodeClass().isEmpty()) {
      classFiltered.merge(node.nodeClass(), 1L, Long::sum);
    }
  }

  /** A node could run it but has no room. */
  public void exhausted(NodeFacts node, String dimension) {
    exhausted++;
    dimensionExhausted.merge(dimension, 1L, Long::sum);
    if (!node.nodeClass().isEmpty()) {
      classExhausted.merge(node.nodeClass(), 1L, Long::sum);
    }
  }

  /** Nodes without room. */
  public int exhausted() {
    return exhausted;
  }

  /** As allocations and evaluations carry it. */
  public AllocMetric toProto(List<NodeScoreMeta> scores, long nanos, long coalescedFailures) {
    return AllocMetric.newBuilder()
        .setNodesEvaluated(evaluated)
        .setNodesFiltered(filtered)
        .setNodesInPool(nodesInPool)
        .setNodePool(pool)
        .putAllNodesAvailable(available)
        .putAllClassFiltered(classFiltered)
        .putAllConstraintFiltered(constraintFiltered)
        .setNodesExhausted(exhausted)
        .putAllClassExhausted(classExhausted)
        .putAllDimensionExhausted(dimensionExhausted)
        .addAllScoreMetaData(scores)
        .setAllocationTime(nanos)
        .setCoalescedFailures(coalescedFailures)
        .build();
  }
}
