package io.steppe.gateway.job;

import io.steppe.gateway.answer.Page;
import io.steppe.gateway.answer.Read;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.gateway.service.Calls;
import io.steppe.gateway.service.Chunks;
import io.steppe.json.Json;
import io.steppe.proto.v1.Deployment;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobVersions;
import io.steppe.rpc.v1.GetJobReply;
import io.steppe.rpc.v1.GetJobRequest;
import io.steppe.rpc.v1.JobSummaryReply;
import io.steppe.rpc.v1.JobVersionsReply;
import io.steppe.rpc.v1.ListAllocationsReply;
import io.steppe.rpc.v1.ListAllocationsRequest;
import io.steppe.rpc.v1.ListDeploymentsReply;
import io.steppe.rpc.v1.ListEvaluationsReply;
import io.steppe.rpc.v1.ListEvaluationsRequest;
import io.steppe.rpc.v1.ListJobsReply;
import io.steppe.rpc.v1.ListJobsRequest;
import io.steppe.rpc.v1.ReadOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/** Jobs and what belongs to them, as alloc-service knows them. */
@ApplicationScoped
class JobReads {
  private static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);

  private final Calls calls;

  JobReads(Calls calls) {
    this.calls = calls;
  }

  Read list(ReadParameters parameters, boolean meta) {
    return Read.namespaced(
        JobRoute.JOBS,
        parameters,
        meta ? "meta" : "",
        Interest.jobs(),
        options -> {
          ListJobsRequest call =
              ListJobsRequest.newBuilder().setRead(options).setMeta(meta).build();
          return calls.jobs(
              stub -> Page.of(stub.list(call), ListJobsReply::getMeta, ListJobsReply::getJobsList));
        });
  }

  Read job(ReadParameters parameters, String id) {
    return Read.namespaced(
        JobRoute.JOB,
        parameters,
        id,
        Interest.job(parameters.namespace(), id),
        options -> {
          GetJobReply reply = calls.jobs(stub -> stub.get(request(options, id)));
          return Page.of(reply.getMeta(), reply.getJob());
        });
  }

  Read summary(ReadParameters parameters, String id) {
    return Read.namespaced(
        JobRoute.JOB_SUMMARY,
        parameters,
        id,
        Interest.job(parameters.namespace(), id),
        options -> {
          JobSummaryReply reply = calls.jobs(stub -> stub.summary(request(options, id)));
          return Page.of(reply.getMeta(), reply.getSummary());
        });
  }

  Read versions(ReadParameters parameters, String id) {
    return Read.namespaced(
        JobRoute.JOB_VERSIONS,
        parameters,
        id,
        Interest.jobVersions(),
        options -> {
          var chunks =
              calls.jobs(
                  stub ->
                      Chunks.of(
                          stub.versions(request(options, id)),
                          JobVersionsReply::getMeta,
                          JobVersionsReply::getVersionsList));
          List<Job> newestFirst =
              chunks.all().stream()
                  .sorted(Comparator.comparing(Job::getVersion).reversed())
                  .toList();
          return new Page(chunks.meta(), () -> versions(chunks.meta().getIndex(), newestFirst));
        });
  }

  Read allocations(ReadParameters parameters, String id) {
    return Read.namespaced(
        JobRoute.JOB_ALLOCATIONS,
        parameters,
        id,
        Interest.allocations(),
        options -> {
          ListAllocationsRequest call =
              ListAllocationsRequest.newBuilder()
                  .setRead(options)
                  .setJobId(id)
                  .setTaskStates(true)
                  .build();
          return calls.allocations(
              stub ->
                  Page.of(
                      stub.list(call),
                      ListAllocationsReply::getMeta,
                      ListAllocationsReply::getAllocationsList));
        });
  }

  Read evaluations(ReadParameters parameters, String id) {
    return Read.namespaced(
        JobRoute.JOB_EVALUATIONS,
        parameters,
        id,
        Interest.evaluations(),
        options -> {
          ListEvaluationsRequest call =
              ListEvaluationsRequest.newBuilder().setRead(options).setJobId(id).build();
          return calls.evaluations(
              stub ->
                  Page.of(
                      stub.list(call),
                      ListEvaluationsReply::getMeta,
                      ListEvaluationsReply::getEvaluationsList));
        });
  }

  Read deployments(ReadParameters parameters, String id) {
    return Read.namespaced(
        JobRoute.JOB_DEPLOYMENTS,
        parameters,
        id,
        Interest.deployments(),
        options -> {
          Chunks<Deployment> chunks = deployments(options, id);
          return Page.of(chunks.meta(), chunks.all());
        });
  }

  /** The newest deployment; {@code null} for a job that has none. */
  Read latestDeployment(ReadParameters parameters, String id) {
    return Read.namespaced(
        JobRoute.JOB_DEPLOYMENT,
        parameters,
        id,
        Interest.deployments(),
        options -> {
          Chunks<Deployment> chunks = deployments(all(options), id);
          return new Page(
              chunks.meta(),
              () ->
                  chunks.all().stream()
                      .max(Comparator.comparing(Deployment::getCreateIndex))
                      .map(Json::write)
                      .orElse(NULL));
        });
  }

  private Chunks<Deployment> deployments(ReadOptions options, String id) {
    return calls.jobs(
        stub ->
            Chunks.of(
                stub.deployments(request(options, id)),
                ListDeploymentsReply::getMeta,
                ListDeploymentsReply::getDeploymentsList));
  }

  /** For an answer that is made from a list, whatever page of it was asked for. */
  private static ReadOptions all(ReadOptions options) {
    return options.toBuilder().clearFilter().clearNextToken().clearPerPage().build();
  }

  private static GetJobRequest request(ReadOptions options, String id) {
    return GetJobRequest.newBuilder().setRead(options).setJobId(id).build();
  }

  private static byte[] versions(long index, List<Job> versions) {
    return Json.write(
        JobVersions.newBuilder()
            .addAllVersions(versions)
            .setIndex(index)
            .setKnownLeader(true)
            .build());
  }
}
