package io.steppe.alloc.view;

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
    var counts = view.counts(key);
    counts.groups().forEach((name, counted) -> groups.put(name, counted.toBuilder()));
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
            .setModifyIndex(Math.max(job.getModifyIndex(), counts.newest()));
    groups.forEach((name, group) -> summary.putSummary(name, group.build()));
    return summary.build();
  }

  /** What the last evaluation that counted them left to place. */
  private static Map<String, Long> queued(Collection<Evaluation> evaluations) {
    return evaluations.stream()
        .filter(evaluation -> evaluation.getQueuedAllocationsCount() > 0)
        .max(Comparator.comparingLong(Evaluation::getModifyIndex))
        .map(Evaluation::getQueuedAllocationsMap)
        .orElse(Map.of());
  }
}
