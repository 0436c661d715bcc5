package io.steppe.alloc.job;

import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.JobSummaries;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobListStub;

/** Jobs as lists show them. */
final class JobStubs {
  private JobStubs() {}

  /**
   * @param meta whether the job's metadata is wanted
   */
  static JobListStub of(Job job, AllocView view, boolean meta) {
    var stub =
        JobListStub.newBuilder()
            .setId(job.getId())
            .setParentId(job.getParentId())
            .setName(job.getName())
            .setNamespace(job.getNamespace())
            .addAllDatacenters(job.getDatacentersList())
            .setNodePool(job.getNodePool())
            .setType(job.getType())
            .setPriority(job.getPriority())
            .setPeriodic(job.hasPeriodic())
            .setParameterizedJob(job.hasParameterizedJob())
            .setStop(job.getStop())
            .setStatus(job.getStatus())
            .setStatusDescription(job.getStatusDescription())
            .setJobSummary(JobSummaries.of(job, view))
            .setCreateIndex(job.getCreateIndex())
            .setModifyIndex(job.getModifyIndex())
            .setJobModifyIndex(job.getJobModifyIndex())
            .setSubmitTime(job.getSubmitTime())
            .setVersion(job.getVersion());
    if (job.hasMultiregion()) {
      stub.setMultiregion(job.getMultiregion());
    }
    if (meta) {
      stub.putAllMeta(job.getMetaMap());
    }
    return stub.build();
  }
}
