package io.steppe.alloc.collection;

import io.steppe.alloc.evaluation.EvaluationState;
import io.steppe.alloc.job.JobVersions;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.JobStatus;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import java.util.List;

/**
 * What nothing needs any more.
 *
 * @param now Unix nanoseconds
 */
record Garbage(AllocView view, Ages ages, long now) {

  /** Dead jobs of which nothing has stirred for long. */
  boolean holds(Job job) {
    var key = JobKey.of(job);
    return job.getStatus().equals(JobStatus.DEAD)
        && old(job.getSubmitTime(), ages.job().toNanos())
        && view.openEvaluationsOf(key).isEmpty()
        && view.evaluationsOf(key).stream()
            .allMatch(each -> old(each.getModifyTime(), ages.job().toNanos()))
        && view.allocationsOf(key).stream()
            .allMatch(each -> ended(each) && old(each.getModifyTime(), ages.job().toNanos()));
  }

  /** Ended evaluations whose allocations are all garbage. */
  boolean holds(Evaluation evaluation) {
    return !EvaluationState.isOpen(evaluation)
        && old(evaluation.getModifyTime(), ages.ofEvaluation(evaluation.getType()).toNanos())
        && view.allocationsFrom(evaluation.getId()).stream().allMatch(this::holds);
  }

  /**
   * Ended allocations that no decision looks at again: a batch job that is not stopped counts those
   * it has completed, and a failed one may still be replaced.
   */
  boolean holds(Allocation allocation) {
    var job = view.job(JobKey.of(allocation));
    var type = job.map(Job::getType).orElse("");
    if (!ended(allocation) || !old(allocation.getModifyTime(), ages.ofEvaluation(type).toNanos())) {
      return false;
    }
    if (job.isEmpty() || job.get().getStop()) {
      return true;
    }
    boolean finite = type.equals("batch") || type.equals("sysbatch");
    boolean replaced =
        !allocation.getNextAllocation().isEmpty() || Statuses.serverTerminal(allocation);
    return finite ? replaced : replaced || !allocation.getClientStatus().equals(Statuses.FAILED);
  }

  /** Its tasks are over, or the machine that could say so is gone. */
  private boolean ended(Allocation allocation) {
    return Statuses.clientTerminal(allocation)
        || (Statuses.serverTerminal(allocation) && view.node(allocation.getNodeId()).isEmpty());
  }

  private boolean old(long time, long age) {
    return time < now - age;
  }

  /** Up to so many ids of evaluations, and of allocations whose evaluation is gone. */
  List<String> evaluations(int most) {
    return view.evaluations().values().stream()
        .filter(this::holds)
        .limit(most)
        .map(Evaluation::getId)
        .toList();
  }

  List<String> orphans(int most) {
    return view.allocations().values().stream()
        .filter(each -> view.evaluation(each.getEvalId()).isEmpty())
        .filter(this::holds)
        .limit(most)
        .map(Allocation::getId)
        .toList();
  }

  List<JobKey> jobs(int most) {
    return view.jobs().values().stream().filter(this::holds).limit(most).map(JobKey::of).toList();
  }

  /** Deletes what of these is garbage still. */
  static void delete(
      Edit edit, Ages ages, List<JobKey> jobs, List<String> evaluations, List<String> orphans) {
    for (var key : jobs) {
      var state = new Garbage(edit.view(), ages, edit.now());
      edit.view().job(key).filter(state::holds).ifPresent(job -> deleteJob(edit, key, job));
    }
    for (var id : evaluations) {
      var state = new Garbage(edit.view(), ages, edit.now());
      edit.view()
          .evaluation(id)
          .filter(state::holds)
          .ifPresent(each -> deleteEvaluation(edit, each));
    }
    for (var id : orphans) {
      var state = new Garbage(edit.view(), ages, edit.now());
      edit.view()
          .allocation(id)
          .filter(state::holds)
          .ifPresent(each -> deleteAllocation(edit, each));
    }
  }

  private static void deleteJob(Edit edit, JobKey key, Job job) {
    edit.view().evaluationsOf(key).forEach(each -> edit.deleteEvaluation(each.getId()));
    edit.view().allocationsOf(key).forEach(each -> edit.deleteAllocation(each.getId()));
    edit.deleteJob(job, "JobBatchDeregistered");
    JobVersions.release(edit, key);
  }

  private static void deleteEvaluation(Edit edit, Evaluation evaluation) {
    edit.view().allocationsFrom(evaluation.getId()).forEach(each -> deleteAllocation(edit, each));
    edit.deleteEvaluation(evaluation.getId());
  }

  /** With the last allocation of a purged job its versions go too. */
  private static void deleteAllocation(Edit edit, Allocation allocation) {
    edit.deleteAllocation(allocation.getId());
    var key = JobKey.of(allocation);
    if (edit.view().job(key).isEmpty()) {
      JobVersions.release(edit, key);
    }
  }
}
