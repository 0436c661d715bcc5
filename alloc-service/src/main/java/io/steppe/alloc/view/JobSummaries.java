package io.steppe.alloc.view;

import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobChildrenSummary;
import io.steppe.proto.v1.JobSummary;
import io.steppe.proto.v1.TaskGroupSummary;
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
    view.countedEvaluationOf(key)
        .map(Evaluation::getQueuedAllocationsMap)
        .orElse(Map.of())
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
}
