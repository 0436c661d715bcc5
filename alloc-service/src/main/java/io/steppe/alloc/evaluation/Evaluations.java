package io.steppe.alloc.evaluation;

import io.steppe.alloc.view.JobKey;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import java.util.Optional;

/** New evaluations, and why they are made. */
public final class Evaluations {
  public static final String JOB_REGISTER = "job-register";
  public static final String JOB_DEREGISTER = "job-deregister";
  public static final String NODE_UPDATE = "node-update";
  public static final String NODE_DRAIN = "node-drain";
  public static final String ALLOC_STOP = "alloc-stop";
  public static final String ALLOC_FAILURE = "alloc-failure";
  public static final String ROLLING_UPDATE = "rolling-update";
  public static final String RECONNECT = "reconnect";
  public static final String QUEUED_ALLOCS = "queued-allocs";
  public static final String MAX_PLAN_ATTEMPTS = "max-plan-attempts";
  public static final String FAILED_FOLLOW_UP = "failed-follow-up";

  /** Event type of evaluations that change by themselves. */
  public static final String UPDATED = "EvaluationUpdated";

  private static final long DEFAULT_PRIORITY = 50;

  private Evaluations() {}

  /** A pending evaluation of a job. */
  public static Evaluation of(String id, Job job, String triggeredBy) {
    return Evaluation.newBuilder()
        .setId(id)
        .setNamespace(JobKey.of(job).namespace())
        .setPriority(job.hasPriority() ? job.getPriority() : DEFAULT_PRIORITY)
        .setType(job.getType())
        .setTriggeredBy(triggeredBy)
        .setJobId(job.getId())
        .setJobModifyIndex(job.getJobModifyIndex())
        .setStatus("pending")
        .build();
  }

  /** A pending evaluation of a job that may not exist any more: what is left of it is to end. */
  public static Evaluation of(String id, JobKey key, Optional<Job> job, String triggeredBy) {
    return job.map(present -> of(id, present, triggeredBy))
        .orElseGet(
            () ->
                Evaluation.newBuilder()
                    .setId(id)
                    .setNamespace(key.namespace())
                    .setPriority(DEFAULT_PRIORITY)
                    .setType("service")
                    .setTriggeredBy(triggeredBy)
                    .setJobId(key.id())
                    .setStatus("pending")
                    .build());
  }

  /** A pending evaluation that carries on where another one left off. */
  public static Evaluation following(Evaluation previous, String id, String triggeredBy) {
    return Evaluation.newBuilder()
        .setId(id)
        .setNamespace(previous.getNamespace())
        .setPriority(previous.getPriority())
        .setType(previous.getType())
        .setTriggeredBy(triggeredBy)
        .setJobId(previous.getJobId())
        .setJobModifyIndex(previous.getJobModifyIndex())
        .setPreviousEval(previous.getId())
        .setStatus("pending")
        .build();
  }
}
