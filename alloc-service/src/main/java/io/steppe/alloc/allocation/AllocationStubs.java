package io.steppe.alloc.allocation;

import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.JobKey;
import io.steppe.proto.v1.AllocListStub;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import java.util.Optional;

/** Allocations as lists show them, and with the job they belong to. */
final class AllocationStubs {
  private AllocationStubs() {}

  /**
   * @param resources whether what it was given is wanted
   * @param taskStates whether what became of its tasks is wanted
   */
  static AllocListStub of(
      Allocation allocation, AllocView view, boolean resources, boolean taskStates) {
    var stub =
        AllocListStub.newBuilder()
            .setId(allocation.getId())
            .setEvalId(allocation.getEvalId())
            .setName(allocation.getName())
            .setNamespace(allocation.getNamespace())
            .setNodeId(allocation.getNodeId())
            .setNodeName(allocation.getNodeName())
            .setJobId(allocation.getJobId())
            .setJobType(job(allocation, view).map(Job::getType).orElse(""))
            .setJobVersion(allocation.getJobVersion())
            .setTaskGroup(allocation.getTaskGroup())
            .setDesiredStatus(allocation.getDesiredStatus())
            .setDesiredDescription(allocation.getDesiredDescription())
            .setClientStatus(allocation.getClientStatus())
            .setClientDescription(allocation.getClientDescription())
            .setDesiredTransition(allocation.getDesiredTransition())
            .setFollowupEvalId(allocation.getFollowupEvalId())
            .setNextAllocation(allocation.getNextAllocation())
            .addAllPreemptedAllocations(allocation.getPreemptedAllocationsList())
            .setPreemptedByAllocation(allocation.getPreemptedByAllocation())
            .setCreateIndex(allocation.getCreateIndex())
            .setModifyIndex(allocation.getModifyIndex())
            .setCreateTime(allocation.getCreateTime())
            .setModifyTime(allocation.getModifyTime());
    if (resources && allocation.hasAllocatedResources()) {
      stub.setAllocatedResources(allocation.getAllocatedResources());
    }
    if (taskStates) {
      stub.putAllTaskStates(allocation.getTaskStatesMap());
    }
    if (allocation.hasDeploymentStatus()) {
      stub.setDeploymentStatus(allocation.getDeploymentStatus());
    }
    if (allocation.hasRescheduleTracker()) {
      stub.setRescheduleTracker(allocation.getRescheduleTracker());
    }
    return stub.build();
  }

  /** The whole allocation, with the version of its job that it runs. */
  static Allocation withJob(Allocation allocation, AllocView view) {
    return job(allocation, view)
        .map(job -> allocation.toBuilder().setJob(job).build())
        .orElse(allocation);
  }

  /** The version's status is that of its registration; the job's own is the one that counts. */
  private static Optional<Job> job(Allocation allocation, AllocView view) {
    var key = JobKey.of(allocation);
    var current = view.job(key).filter(job -> job.getVersion() == allocation.getJobVersion());
    return current.or(() -> view.version(key, allocation.getJobVersion()));
  }
}
