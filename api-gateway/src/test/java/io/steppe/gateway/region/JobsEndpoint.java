package io.steppe.gateway.region;

import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobListStub;
import io.steppe.proto.v1.JobSummary;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeregisterJobReply;
import io.steppe.rpc.v1.DeregisterJobRequest;
import io.steppe.rpc.v1.EvaluateJobRequest;
import io.steppe.rpc.v1.GetJobReply;
import io.steppe.rpc.v1.GetJobRequest;
import io.steppe.rpc.v1.JobSummaryReply;
import io.steppe.rpc.v1.JobVersionsReply;
import io.steppe.rpc.v1.JobsGrpc;
import io.steppe.rpc.v1.ListDeploymentsReply;
import io.steppe.rpc.v1.ListJobsReply;
import io.steppe.rpc.v1.ListJobsRequest;
import io.steppe.rpc.v1.NamespacesReply;
import io.steppe.rpc.v1.NamespacesRequest;
import io.steppe.rpc.v1.RegisterJobReply;
import io.steppe.rpc.v1.RegisterJobRequest;
import io.steppe.rpc.v1.ValidateJobReply;
import io.steppe.rpc.v1.ValidateJobRequest;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

final class JobsEndpoint extends JobsGrpc.JobsImplBase {
  private final Region region;

  JobsEndpoint(Region region) {
    this.region = region;
  }

  @Override
  public void register(RegisterJobRequest request, StreamObserver<RegisterJobReply> out) {
    region.seenRequests.add(request.getCaller().getRequestId());
    Job job = request.getRequest().getJob();
    if (job.getTaskGroupsCount() == 0) {
      out.onError(Failure.invalid("1 error occurred:\n\t* Missing job task groups\n\n").toStatus());
      return;
    }
    long index = region.put(job);
    answer(out, job.getId(), index);
  }

  @Override
  public void validate(ValidateJobRequest request, StreamObserver<ValidateJobReply> out) {
    ValidateJobReply.Builder reply = ValidateJobReply.newBuilder();
    if (request.getJob().getTaskGroupsCount() == 0) {
      reply
          .addErrors("Missing job task groups")
          .setError("1 error occurred:\n\t* Missing job task groups\n\n");
    }
    out.onNext(reply.build());
    out.onCompleted();
  }

  @Override
  public void deregister(DeregisterJobRequest request, StreamObserver<DeregisterJobReply> out) {
    String key = Region.key(request.getNamespace(), request.getJobId());
    if (region.found(region.jobs, key).isEmpty()) {
      out.onError(Failure.notFound("job not found").toStatus());
      return;
    }
    long index =
        request.getPurge()
            ? region.remove("jobs", region.jobs, key)
            : region.put(region.jobs.get(key).toBuilder().setStop(true).build());
    out.onNext(DeregisterJobReply.newBuilder().setJobModifyIndex(index).setIndex(index).build());
    out.onCompleted();
  }

  @Override
  public void list(ListJobsRequest request, StreamObserver<ListJobsReply> out) {
    ListJobsReply.Builder reply =
        ListJobsReply.newBuilder()
            .setMeta(region.meta(request.getRead(), "jobs", "allocs", "evals"));
    if (!reply.getMeta().getUnchanged()) {
      region.jobs.values().stream()
          .filter(job -> job.getId().startsWith(request.getRead().getPrefix()))
          .filter(job -> Region.sees(request.getRead(), job.getNamespace()))
          .filter(
              job ->
                  request.getNodePool().isEmpty()
                      || job.getNodePool().equals(request.getNodePool()))
          .forEach(
              job ->
                  reply.addJobs(
                      JobListStub.newBuilder()
                          .setId(job.getId())
                          .setNamespace(job.getNamespace())));
    }
    out.onNext(reply.build());
    out.onCompleted();
  }

  @Override
  public void namespaces(NamespacesRequest request, StreamObserver<NamespacesReply> out) {
    SortedSet<String> names = new TreeSet<>(Set.of("default"));
    region.jobs.values().forEach(job -> names.add(job.getNamespace()));
    region.allocations.values().forEach(allocation -> names.add(allocation.getNamespace()));
    out.onNext(NamespacesReply.newBuilder().addAllNames(names).build());
    out.onCompleted();
  }

  @Override
  public void get(GetJobRequest request, StreamObserver<GetJobReply> out) {
    Optional<Job> job = job(request);
    if (job.isEmpty()) {
      out.onError(Failure.notFound("no job").toStatus());
      return;
    }
    GetJobReply.Builder reply =
        GetJobReply.newBuilder().setMeta(region.meta(request.getRead(), "jobs"));
    out.onNext(reply.getMeta().getUnchanged() ? reply.build() : reply.setJob(job.get()).build());
    out.onCompleted();
  }

  @Override
  public void summary(GetJobRequest request, StreamObserver<JobSummaryReply> out) {
    if (job(request).isEmpty()) {
      out.onError(Failure.notFound("no job").toStatus());
      return;
    }
    out.onNext(
        JobSummaryReply.newBuilder()
            .setMeta(region.meta(request.getRead(), "jobs", "allocs"))
            .setSummary(JobSummary.newBuilder().setJobId(request.getJobId()))
            .build());
    out.onCompleted();
  }

  @Override
  public void versions(GetJobRequest request, StreamObserver<JobVersionsReply> out) {
    Optional<Job> job = job(request);
    if (job.isEmpty()) {
      out.onError(Failure.notFound("no job").toStatus());
      return;
    }
    out.onNext(
        JobVersionsReply.newBuilder()
            .setMeta(region.meta(request.getRead(), "jobs"))
            .addVersions(job.get())
            .build());
    out.onCompleted();
  }

  @Override
  public void deployments(GetJobRequest request, StreamObserver<ListDeploymentsReply> out) {
    out.onNext(
        ListDeploymentsReply.newBuilder()
            .setMeta(region.meta(request.getRead(), "deployments"))
            .build());
    out.onCompleted();
  }

  @Override
  public void evaluate(EvaluateJobRequest request, StreamObserver<RegisterJobReply> out) {
    if (region
        .found(region.jobs, Region.key(request.getNamespace(), request.getJobId()))
        .isEmpty()) {
      out.onError(Failure.notFound("no job").toStatus());
      return;
    }
    answer(out, request.getJobId(), region.index());
  }

  private void answer(StreamObserver<RegisterJobReply> out, String job, long jobIndex) {
    String id = UUID.randomUUID().toString();
    long index =
        region.put(Evaluation.newBuilder().setId(id).setJobId(job).setStatus("pending").build());
    out.onNext(
        RegisterJobReply.newBuilder()
            .setEvalId(id)
            .setEvalCreateIndex(index)
            .setJobModifyIndex(jobIndex)
            .setIndex(index)
            .build());
    out.onCompleted();
  }

  private Optional<Job> job(GetJobRequest request) {
    return region.found(
        region.jobs, Region.key(request.getRead().getNamespace(), request.getJobId()));
  }
}
