package io.steppe.alloc.scheduler;

import io.steppe.proto.v1.Allocation;

/**
 * An allocation that follows its job to a new version without a restart: it keeps what it has.
 *
 * @param allocationId which
 * @param nodeId where it runs
 * @param evaluationId the evaluation that decided it
 * @param jobVersion the version it has from now on
 */
public record InPlaceUpdate(
    String allocationId, String nodeId, String evaluationId, long jobVersion) {

  /** The allocation as it is after this; indexes and modify time are the caller's. */
  public Allocation applyTo(Allocation allocation) {
    return allocation.toBuilder()
        .setEvalId(evaluationId)
        .setJobVersion(jobVersion)
        .setDesiredStatus(Statuses.RUN)
        .setDesiredDescription("alloc updating in-place")
        .clearDeploymentStatus()
        .build();
  }
}
