package io.steppe.alloc.view;

import io.steppe.alloc.scheduler.Statuses;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.TaskGroupSummary;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * How many allocations a job has, by what became of them: kept while they change, so that asking
 * costs the same for a job of one as for a job of fifty thousand.
 *
 * @param groups by name; no queued ones, those are an evaluation's
 * @param live allocations that have not ended and were not told to, by version of the job
 * @param newest index of the last change of any of them
 */
public record JobCounts(PMap<String, TaskGroupSummary> groups, PMap<Long, Long> live, long newest) {
  /** Of a job without allocations. */
  public static final JobCounts NONE = new JobCounts(HashTreePMap.empty(), HashTreePMap.empty(), 0);

  /** Whether anything of the job still runs, or is to. */
  public boolean lives() {
    return !live.isEmpty();
  }

  /** Whether anything of another version of the job does. */
  public boolean livesBeside(long version) {
    return live.size() > 1 || lives() && !live.containsKey(version);
  }

  JobCounts plus(Allocation allocation) {
    return counted(allocation, 1);
  }

  JobCounts minus(Allocation allocation) {
    return counted(allocation, -1);
  }

  private JobCounts counted(Allocation allocation, int by) {
    var name = allocation.getTaskGroup();
    var group = groups.getOrDefault(name, TaskGroupSummary.getDefaultInstance()).toBuilder();
    count(group, allocation, by);
    var after = group.build();
    return new JobCounts(
        after.equals(TaskGroupSummary.getDefaultInstance())
            ? groups.minus(name)
            : groups.plus(name, after),
        Statuses.terminal(allocation) ? live : live(allocation.getJobVersion(), by),
        Math.max(newest, allocation.getModifyIndex()));
  }

  private PMap<Long, Long> live(long version, int by) {
    long left = live.getOrDefault(version, 0L) + by;
    return left == 0 ? live.minus(version) : live.plus(version, left);
  }

  private static void count(TaskGroupSummary.Builder group, Allocation allocation, int by) {
    switch (allocation.getClientStatus()) {
      case Statuses.PENDING -> {
        if (allocation.getDesiredStatus().equals(Statuses.RUN)) {
          group.setStarting(group.getStarting() + by);
        }
      }
      case Statuses.RUNNING -> group.setRunning(group.getRunning() + by);
      case Statuses.COMPLETE -> group.setComplete(group.getComplete() + by);
      case Statuses.FAILED -> group.setFailed(group.getFailed() + by);
      case Statuses.LOST -> group.setLost(group.getLost() + by);
      case Statuses.UNKNOWN -> group.setUnknown(group.getUnknown() + by);
      default -> {
        // A status of a newer replica: counted by none of ours.
      }
    }
  }
}
