package io.steppe.alloc.view;

import io.steppe.proto.v1.Job;

/** What a job's status follows from. */
public final class JobStatus {
  public static final String PENDING = "pending";
  public static final String RUNNING = "running";
  public static final String DEAD = "dead";

  private JobStatus() {}

  /**
   * Running while an allocation lives, pending while an evaluation is open or none was made yet,
   * dead after that. Jobs that others are made from, and system jobs, run until they are stopped.
   */
  public static String of(Job job, AllocView view) {
    if (makesOthers(job) || job.getType().equals("system")) {
      return job.getStop() ? stoppedStatus(job, view) : RUNNING;
    }
    var key = JobKey.of(job);
    if (view.counts(key).lives()) {
      return RUNNING;
    }
    if (!view.openEvaluationsOf(key).isEmpty()) {
      return PENDING;
    }
    return !view.hasAllocations(key) && !view.wasEvaluated(key) && !job.getStop() && isNew(job)
        ? PENDING
        : DEAD;
  }

  /** Whether the job is only a pattern: periodic or parameterized. */
  public static boolean makesOthers(Job job) {
    return (job.hasPeriodic() && !job.getDispatched())
        || (job.hasParameterizedJob() && !job.getDispatched());
  }

  private static String stoppedStatus(Job job, AllocView view) {
    return view.counts(JobKey.of(job)).lives() ? RUNNING : DEAD;
  }

  private static boolean isNew(Job job) {
    return job.getStatus().isEmpty() || job.getStatus().equals(PENDING);
  }
}
