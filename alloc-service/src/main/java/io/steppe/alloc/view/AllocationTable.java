package io.steppe.alloc.view;

import io.steppe.proto.v1.Allocation;
import java.util.Collection;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Allocations, with what is asked about them.
 *
 * @param counts per job how many it has, by what became of them
 * @param lastPlans per job the index of the last change that told an allocation what to do
 */
record AllocationTable(
    PMap<String, Allocation> byId,
    Index<JobKey> byJob,
    Index<String> byNode,
    Index<String> byEvaluation,
    PMap<JobKey, JobCounts> counts,
    PMap<JobKey, Long> lastPlans) {
  static final AllocationTable EMPTY =
      new AllocationTable(
          HashTreePMap.empty(),
          Index.empty(),
          Index.empty(),
          Index.empty(),
          HashTreePMap.empty(),
          HashTreePMap.empty());

  Collection<Allocation> all(Set<String> ids) {
    return ids.stream().map(byId::get).toList();
  }

  JobCounts countsOf(JobKey key) {
    return counts.getOrDefault(key, JobCounts.NONE);
  }

  long lastPlan(JobKey key) {
    return lastPlans.getOrDefault(key, 0L);
  }

  AllocationTable plus(Allocation allocation) {
    var id = allocation.getId();
    var key = JobKey.of(allocation);
    var before = byId.get(id);
    var counted = before == null ? countsOf(key) : countsOf(key).minus(before);
    return new AllocationTable(
        byId.plus(id, allocation),
        before == null ? byJob.plus(key, id) : byJob,
        before == null ? byNode.plus(allocation.getNodeId(), id) : byNode,
        evaluated(before, allocation),
        counts.plus(key, counted.plus(allocation)),
        planned(key, allocation.getAllocModifyIndex()));
  }

  private Index<String> evaluated(Allocation before, Allocation now) {
    if (before == null) {
      return byEvaluation.plus(now.getEvalId(), now.getId());
    }
    return before.getEvalId().equals(now.getEvalId())
        ? byEvaluation
        : byEvaluation.minus(before.getEvalId(), now.getId()).plus(now.getEvalId(), now.getId());
  }

  private PMap<JobKey, Long> planned(JobKey key, long index) {
    return index > lastPlan(key) ? lastPlans.plus(key, index) : lastPlans;
  }

  AllocationTable minus(String id) {
    var known = byId.get(id);
    if (known == null) {
      return this;
    }
    var key = JobKey.of(known);
    var left = byJob.minus(key, id);
    boolean more = left.contains(key);
    return new AllocationTable(
        byId.minus(id),
        left,
        byNode.minus(known.getNodeId(), id),
        byEvaluation.minus(known.getEvalId(), id),
        more ? counts.plus(key, countsOf(key).minus(known)) : counts.minus(key),
        more ? lastPlans : lastPlans.minus(key));
  }
}
