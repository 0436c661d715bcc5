package io.steppe.alloc.scheduler;

import io.steppe.alloc.scheduler.feasibility.Globs;
import io.steppe.alloc.scheduler.feasibility.PlacementMetrics;
import io.steppe.alloc.scheduler.fleet.Fleet;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.Job;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The nodes a job may use: ready ones of its pool in its datacenters.
 *
 * @param nodes in the order to look at them
 * @param inPool ready nodes of the pool, whatever their datacenter
 * @param available the nodes by datacenter
 */
record Candidates(String pool, List<NodeFacts> nodes, int inPool, Map<String, Long> available) {

  /**
   * The job's nodes, shuffled so that evaluations at the same time don't fight for the same ones.
   */
  static Candidates of(Job job, Fleet fleet, RandomGenerator random) {
    var datacenters = new Globs(job.getDatacentersList());
    List<NodeFacts> nodes = new ArrayList<>();
    Map<String, Long> available = new HashMap<>();
    int inPool = 0;
    for (NodeFacts node : fleet.ready()) {
      if (!inPool(job, node)) {
        continue;
      }
      inPool++;
      if (datacenters.matches(node.datacenter())) {
        nodes.add(node);
        available.merge(node.datacenter(), 1L, Long::sum);
      }
    }
    for (int i = nodes.size() - 1; i > 0; i--) {
      Collections.swap(nodes, i, random.nextInt(i + 1));
    }
    return new Candidates(job.getNodePool(), nodes, inPool, available);
  }

  /** Whether a job may have allocations on a node, ready or not. */
  static boolean allows(Job job, NodeFacts node) {
    return inPool(job, node) && new Globs(job.getDatacentersList()).matches(node.datacenter());
  }

  private static boolean inPool(Job job, NodeFacts node) {
    return switch (job.getNodePool()) {
      case "all" -> true;
      case "" -> node.pool().equals("default");
      default -> job.getNodePool().equals(node.pool());
    };
  }

  /** Counters for one placement. */
  PlacementMetrics metrics() {
    return new PlacementMetrics(pool, inPool, available);
  }
}
