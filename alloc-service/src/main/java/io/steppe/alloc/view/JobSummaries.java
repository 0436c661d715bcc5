package io.steppe.alloc.view;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobChildrenSummary;
import io.steppe.proto.v1.JobSummary;
import io.steppe.proto.v1.TaskGroupSummary;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** Counts of a job's allocations by group and by what became of them. */
public final class JobSummaries {
  private JobSummaries() {}

  /** The job's summary as of the view. */
  public static JobSummary of(Job job, AllocView view) {
    var key = JobKey.of(job);
    var groups = new HashMap<String, TaskGroupSummary.Builder>();
    job.getTaskGroupsList()
        .forEach(group -> groups.put(group.getName(), TaskGroupSummary.newBuilder()));
    var allocations = view.allocationsOf(key);
    allocations.forEach(
        allocation ->
            count(
                groups.computeIfAbsent(
                    allocation.getTaskGroup(), name -> TaskGroupSummary.newBuilder()),
                allocation));
    queued(view.evaluationsOf(key))
        .forEach(
            (name, number) -> {
              var group = groups.get(name);
              if (group != null) {
                group.setQueued(number);
              }
            });
    var summary =
        JobSummary.newBuilder()
            .setJobId(job.getId())
            .setNamespace(job.getNamespace())
            .setChildren(JobChildrenSummary.getDefaultInstance())
            .setCreateIndex(job.getCreateIndex())
            .setModifyIndex(modifyIndex(job, allocations));
    groups.forEach((name, group) -> summary.putSummary(name, group.build()));
    return summary.build();
  }

  private static void count(TaskGroupSummary.Builder group, Allocation allocation) {
    switch (allocation.getClientStatus()) {
      case "pending" -> {
        if (allocation.getDesiredStatus().equals("run")) {
          group.setStarting(group.getStarting() + 1);
        }
      }
      case "running" -> group.setRunning(group.getRunning() + 1);
      case "complete" -> group.setComplete(group.getComplete() + 1);
      case "failed" -> group.setFailed(group.getFailed() + 1);
      case "lost" -> group.setLost(group.getLost() + 1);
      case "unknown" -> group.setUnknown(group.getUnknown() + 1);
      default -> {
        // A status of a newer replica: counted by none of ours.
      }
    }
  }

  /** What the last evaluation that counted them left to place. */
  private static Map<String, Long> queued(Collection<Evaluation> evaluations) {
    return evaluations.stream()
        .filter(evaluation -> evaluation.getQueuedAllocationsCount() > 0)
        .max(Comparator.comparingLong(Evaluation::getModifyIndex))
        .map(Evaluation::getQueuedAllocationsMap)
        .orElse(Map.of());
  }

  private static long modifyIndex(Job job, Collection<Allocation> allocations) {
    return allocations.stream()
        .mapToLong(Allocation::getModifyIndex)
        .reduce(job.getModifyIndex(), Math::max);
  }
}
