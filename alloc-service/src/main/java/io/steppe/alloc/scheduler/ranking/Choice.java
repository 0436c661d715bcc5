package io.steppe.alloc.scheduler.ranking;

import io.steppe.alloc.scheduler.feasibility.GroupNeeds.PortNeed;
import io.steppe.alloc.scheduler.fleet.Footprint.HostPort;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.AllocatedDeviceResource;
import io.steppe.proto.v1.NodeScoreMeta;
import java.util.List;
import java.util.Map;

/**
 * A node with room for an allocation, and what it would have there.
 *
 * @param spread absent from metrics where it is 0, unlike the others
 */
record Choice(
    NodeFacts node,
    Map<PortNeed, HostPort> ports,
    Map<String, List<Integer>> cores,
    Map<String, List<AllocatedDeviceResource>> devices,
    double binpack,
    double antiAffinity,
    double penalty,
    double affinity,
    double spread) {

  /** What nodes are compared by. */
  double score() {
    return Scores.mean(binpack, antiAffinity, penalty, affinity, spread);
  }

  NodeScoreMeta shown() {
    var shown = NodeScoreMeta.newBuilder().setNodeId(node.id()).setNormScore(score());
    shown.putScores("binpack", binpack);
    shown.putScores("job-anti-affinity", antiAffinity);
    shown.putScores("node-reschedule-penalty", penalty);
    shown.putScores("node-affinity", affinity);
    if (spread != 0) {
      shown.putScores("allocation-spread", spread);
    }
    return shown.build();
  }
}
