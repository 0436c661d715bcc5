package io.steppe.alloc.job;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Ids;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.JobSummaries;
import io.steppe.alloc.view.Reads;
import io.steppe.alloc.view.Reads.Read;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Deployment;
import io.steppe.proto.v1.Job;
import io.steppe.query.Listing;
import io.steppe.query.Order;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeregisterJobReply;
import io.steppe.rpc.v1.DeregisterJobRequest;
import io.steppe.rpc.v1.EvaluateJobRequest;
import io.steppe.rpc.v1.GetJobReply;
import io.steppe.rpc.v1.GetJobRequest;
import io.steppe.rpc.v1.JobSummaryReply;
import io.steppe.rpc.v1.JobVersionsReply;
import io.steppe.rpc.v1.Jobs;
import io.steppe.rpc.v1.ListDeploymentsReply;
import io.steppe.rpc.v1.ListJobsReply;
import io.steppe.rpc.v1.ListJobsRequest;
import io.steppe.rpc.v1.NamespacesReply;
import io.steppe.rpc.v1.NamespacesRequest;
import io.steppe.rpc.v1.RegisterJobReply;
import io.steppe.rpc.v1.RegisterJobRequest;
import io.steppe.rpc.v1.ValidateJobReply;
import io.steppe.rpc.v1.ValidateJobRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Jobs, as other services call them. */
@GrpcService
public class JobEndpoint implements Jobs {
  static final String NOT_FOUND = "job not found";
  private static final Order<Job> BY_NAME = Order.by(job -> job.getNamespace() + "." + job.getId());
  private static final Order<Deployment> NEWEST_FIRST =
      Order.byCreation(Deployment::getCreateIndex, Deployment::getId).reversed();

  private final Ledger<AllocView> ledger;
  private final Reads reads;
  private final InstantSource clock;
  private final Supplier<RandomGenerator> random;

  public JobEndpoint(
      Ledger<AllocView> ledger,
      Reads reads,
      InstantSource clock,
      Supplier<RandomGenerator> random) {
    this.ledger = ledger;
    this.reads = reads;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public Uni<RegisterJobReply> register(RegisterJobRequest call) {
    return Uni.createFrom()
        .deferred(() -> commitRegistration(call))
        .onFailure()
        .transform(JobEndpoint::status);
  }

  private Uni<RegisterJobReply> commitRegistration(RegisterJobRequest call) {
    var requestId = Callers.required(call.getCaller()).getRequestId();
    var request = call.getRequest();
    if (!request.hasJob()) {
      return Uni.createFrom().failure(Failure.invalid("missing job for registration"));
    }
    var checked = CheckedJob.of(request.getJob());
    if (!checked.validation().valid()) {
      return Uni.createFrom().failure(Failure.invalid(checked.validation().error()));
    }
    var job = checked.job().toBuilder().setSubmitTime(nanos(clock.instant())).build();
    var enforced =
        request.getEnforceIndex()
            ? Optional.of(request.getJobModifyIndex())
            : Optional.<Long>empty();
    return ledger.commit(
        requestId,
        RegisterJobReply.parser(),
        new RegisterJob(
            job,
            enforced,
            request.getEvalPriority(),
            new Kept(request.getPreserveCounts(), request.getPreserveResources()),
            Ids.from(random.get()),
            checked.validation().warning()));
  }

  @Override
  public Uni<ValidateJobReply> validate(ValidateJobRequest call) {
    return Uni.createFrom()
        .item(
            () -> {
              var checked = CheckedJob.of(call.getJob());
              var reply =
                  ValidateJobReply.newBuilder()
                      .addAllErrors(checked.validation().errors())
                      .setError(checked.validation().error())
                      .setWarnings(checked.validation().warning());
              if (checked.validation().valid()
                  && !ledger.snapshot().view().hasPool(checked.job().getNodePool())) {
                var error = RegisterJob.noSuchPool(checked.job());
                reply.addErrors(error).setError(error);
              }
              return reply.build();
            })
        .onFailure()
        .transform(JobEndpoint::status);
  }

  @Override
  public Uni<DeregisterJobReply> deregister(DeregisterJobRequest call) {
    var decision =
        new DeregisterJob(
            new JobKey(call.getNamespace(), call.getJobId()),
            call.getPurge(),
            call.getEvalPriority(),
            call.getNoShutdownDelay(),
            Ids.from(random.get()));
    return Uni.createFrom()
        .deferred(
            () ->
                ledger.commit(
                    Callers.required(call.getCaller()).getRequestId(),
                    DeregisterJobReply.parser(),
                    decision))
        .onFailure()
        .transform(JobEndpoint::status);
  }

  @Override
  public Uni<RegisterJobReply> evaluate(EvaluateJobRequest call) {
    var decision =
        new EvaluateJob(
            new JobKey(call.getNamespace(), call.getJobId()),
            call.getForceReschedule(),
            Ids.from(random.get()));
    return Uni.createFrom()
        .deferred(
            () ->
                ledger.commit(
                    Callers.required(call.getCaller()).getRequestId(),
                    RegisterJobReply.parser(),
                    decision))
        .onFailure()
        .transform(JobEndpoint::status);
  }

  @Override
  public Multi<ListJobsReply> list(ListJobsRequest call) {
    return reads
        .list(call.getRead())
        .map(read -> list(read, call))
        .onItem()
        .transformToMulti(replies -> Multi.createFrom().iterable(replies))
        .onFailure()
        .transform(JobEndpoint::status);
  }

  /**
   * Counts of allocations are part of a job in a list, so its index is that of all they come from.
   */
  private static List<ListJobsReply> list(Read read, ListJobsRequest call) {
    var head = read.meta(Tables.JOBS, Tables.ALLOCS, Tables.EVALS);
    if (head.getUnchanged()) {
      return List.of(ListJobsReply.newBuilder().setMeta(head).build());
    }
    var found =
        read.view().jobs().values().stream()
            .filter(
                job ->
                    read.sees(job.getNamespace())
                        && job.getId().startsWith(read.options().getPrefix())
                        && (call.getNodePool().isEmpty()
                            || call.getNodePool().equals(job.getNodePool())))
            .toList();
    var page = Listing.of(read.options()).page(found, BY_NAME);
    var stubs =
        page.objects().stream().map(job -> JobStubs.of(job, read.view(), call.getMeta())).toList();
    var replies = new ArrayList<ListJobsReply>();
    for (var chunk : Reads.chunks(stubs)) {
      var reply = ListJobsReply.newBuilder().addAllJobs(chunk);
      replies.add(replies.isEmpty() ? reply.setMeta(page.meta(head)).build() : reply.build());
    }
    return replies;
  }

  @Override
  public Uni<GetJobReply> get(GetJobRequest call) {
    return reads
        .read(call.getRead())
        .map(
            read -> {
              var job = find(read, call.getJobId());
              var meta = read.meta(Tables.JOBS);
              var reply = GetJobReply.newBuilder().setMeta(meta);
              return meta.getUnchanged() ? reply.build() : reply.setJob(job).build();
            })
        .onFailure()
        .transform(JobEndpoint::status);
  }

  @Override
  public Uni<JobSummaryReply> summary(GetJobRequest call) {
    return reads
        .read(call.getRead())
        .map(
            read -> {
              var job = find(read, call.getJobId());
              var meta = read.meta(Tables.JOBS, Tables.ALLOCS, Tables.EVALS);
              var reply = JobSummaryReply.newBuilder().setMeta(meta);
              return meta.getUnchanged()
                  ? reply.build()
                  : reply.setSummary(JobSummaries.of(job, read.view())).build();
            })
        .onFailure()
        .transform(JobEndpoint::status);
  }

  @Override
  public Multi<JobVersionsReply> versions(GetJobRequest call) {
    return reads
        .list(call.getRead())
        .map(read -> versions(read, call.getJobId()))
        .onItem()
        .transformToMulti(replies -> Multi.createFrom().iterable(replies))
        .onFailure()
        .transform(JobEndpoint::status);
  }

  /** The newest first; the current one as it stands, since the status of a version is not kept. */
  private static List<JobVersionsReply> versions(Read read, String jobId) {
    var current = find(read, jobId);
    var meta = read.meta(Tables.JOBS, Tables.JOB_VERSIONS);
    if (meta.getUnchanged()) {
      return List.of(JobVersionsReply.newBuilder().setMeta(meta).build());
    }
    var versions =
        read.view().versions(JobKey.of(current)).values().stream()
            .map(job -> job.getVersion() == current.getVersion() ? current : job)
            .sorted(Comparator.comparingLong(Job::getVersion).reversed())
            .toList();
    var replies = new ArrayList<JobVersionsReply>();
    for (var chunk : Reads.chunks(versions)) {
      var reply = JobVersionsReply.newBuilder().addAllVersions(chunk);
      replies.add(replies.isEmpty() ? reply.setMeta(meta).build() : reply.build());
    }
    return replies;
  }

  @Override
  public Multi<ListDeploymentsReply> deployments(GetJobRequest call) {
    return reads
        .list(call.getRead())
        .map(read -> deployments(read, call.getJobId()))
        .onItem()
        .transformToMulti(replies -> Multi.createFrom().iterable(replies))
        .onFailure()
        .transform(JobEndpoint::status);
  }

  private static List<ListDeploymentsReply> deployments(Read read, String jobId) {
    var meta = read.meta(Tables.DEPLOYMENTS);
    if (meta.getUnchanged()) {
      return List.of(ListDeploymentsReply.newBuilder().setMeta(meta).build());
    }
    var key = key(read, jobId);
    var found =
        read.view().deployments().values().stream()
            .filter(
                deployment ->
                    new JobKey(deployment.getNamespace(), deployment.getJobId()).equals(key))
            .toList();
    var page = Listing.of(read.options()).page(found, NEWEST_FIRST);
    var replies = new ArrayList<ListDeploymentsReply>();
    for (var chunk : Reads.chunks(page.objects())) {
      var reply = ListDeploymentsReply.newBuilder().addAllDeployments(chunk);
      replies.add(replies.isEmpty() ? reply.setMeta(page.meta(meta)).build() : reply.build());
    }
    return replies;
  }

  @Override
  public Uni<NamespacesReply> namespaces(NamespacesRequest call) {
    return reads
        .list(call.getRead())
        .map(
            read ->
                NamespacesReply.newBuilder()
                    .addAllNames(read.view().namespaces().stream().filter(read::shows).toList())
                    .build())
        .onFailure()
        .transform(JobEndpoint::status);
  }

  private static Job find(Read read, String jobId) {
    return read.view().job(key(read, jobId)).orElseThrow(() -> Failure.notFound(NOT_FOUND));
  }

  private static JobKey key(Read read, String jobId) {
    return new JobKey(read.options().getNamespace(), jobId);
  }

  private static Throwable status(Throwable error) {
    return Failure.of(error).toStatus();
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }
}
