package io.steppe.alloc.scheduler;

import io.steppe.proto.v1.AllocMetric;
import io.steppe.proto.v1.AllocatedResources;
import io.steppe.proto.v1.Allocation;

/**
 * An allocation that follows its job to a new version without a restart.
 *
 * @param allocationId which
 * @param nodeId where it runs
 * @param evaluationId the evaluation that decided it
 * @param jobVersion the version it has from now on
 * @param resources what it has from now on; ports, cores and devices are those it had
 * @param metrics why it may stay
 */
public record InPlaceUpdate(
    String allocationId,
    String nodeId,
    String evaluationId,
    long jobVersion,
    AllocatedResources resources,
    AllocMetric metrics) {

  /** The allocation as it is after this; indexes and modify time are the caller's. */
  public Allocation applyTo(Allocation allocation) {
    return allocation.toBuilder()
        .setEvalId(evaluationId)
        .setJobVersion(jobVersion)
        .setAllocatedResources(resources)
        .setMetrics(metrics)
        .setDesiredStatus("run")
        .setDesiredDescription("alloc updating in-place")
        .clearDeploymentStatus()
        .build();
  }
}
