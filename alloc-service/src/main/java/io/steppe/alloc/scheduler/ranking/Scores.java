package io.steppe.alloc.scheduler.ranking;

import io.steppe.alloc.scheduler.feasibility.GroupNeeds;
import io.steppe.alloc.scheduler.feasibility.GroupNeeds.Weighted;
import io.steppe.alloc.scheduler.feasibility.Neighbours;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.scheduler.fleet.NodeRoom;
import java.util.List;

/** How good a node is for a group, from several points of view; each between -1 and 1. */
final class Scores {
  private static final double BEST_FIT = 18.0;

  private Scores() {}

  /** How full the node would be, or how empty: 1 for the better end, 0 for the other. */
  static double fit(Algorithm algorithm, NodeRoom room, long moreCpu, long moreMemoryMb) {
    double freeCpu = free(room.cpu() + moreCpu, room.node().cpu());
    double freeMemory = free(room.memoryMb() + moreMemoryMb, room.node().memoryMb());
    double total = Math.pow(10, freeCpu) + Math.pow(10, freeMemory);
    double fitness =
        switch (algorithm) {
          case BINPACK -> 20.0 - total;
          case SPREAD -> total - 2.0;
        };
    return Math.clamp(fitness, 0, BEST_FIT) / BEST_FIT;
  }

  private static double free(long used, long all) {
    return all <= 0 ? 0 : 1 - (double) used / all;
  }

  /** Against nodes that have the group already: the more of it, the worse. */
  static double antiAffinity(NodeFacts node, GroupNeeds needs, Neighbours neighbours) {
    int there = neighbours.ofGroup(node.id(), needs.group().getName());
    long count = Math.max(1, needs.group().getCount());
    return there == 0 ? 0 : -1.0 * (there + 1) / count;
  }

  /** The weight of the affinities that hold, of all there is. */
  static double affinity(NodeFacts node, List<Weighted> affinities) {
    double all = 0;
    double holding = 0;
    for (Weighted affinity : affinities) {
      all += Math.abs(affinity.weight());
      if (affinity.condition().holds(node)) {
        holding += affinity.weight();
      }
    }
    return all == 0 ? 0 : holding / all;
  }

  /** The mean of the fit and of those others that say something. */
  static double mean(double binpack, double... others) {
    double sum = binpack;
    int said = 1;
    for (double score : others) {
      if (score != 0) {
        sum += score;
        said++;
      }
    }
    return sum / said;
  }
}
