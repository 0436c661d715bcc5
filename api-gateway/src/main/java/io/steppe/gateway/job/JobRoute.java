package io.steppe.gateway.job;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Gives.oneOrNull;
import static io.steppe.http.route.Parameter.flag;
import static io.steppe.http.route.Parameter.number;
import static io.steppe.http.route.Trait.BLOCKING;
import static io.steppe.http.route.Trait.INDEXED;
import static io.steppe.http.route.Trait.NAMESPACED;
import static io.steppe.http.route.Trait.PAGED;
import static io.steppe.rpc.Kind.INVALID;
import static io.steppe.rpc.Kind.NOT_FOUND;

import com.google.protobuf.Message;
import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.AllocListStub;
import io.steppe.proto.v1.Deployment;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobDeregisterResponse;
import io.steppe.proto.v1.JobEvaluateRequest;
import io.steppe.proto.v1.JobListStub;
import io.steppe.proto.v1.JobRegisterRequest;
import io.steppe.proto.v1.JobRegisterResponse;
import io.steppe.proto.v1.JobSummary;
import io.steppe.proto.v1.JobValidateRequest;
import io.steppe.proto.v1.JobValidateResponse;
import io.steppe.proto.v1.JobVersions;

/** Routes about jobs. */
public enum JobRoute implements Route {
  JOBS(
      Description.get("/v1/jobs", "The jobs")
          .needs(Right.namespace("list-jobs"))
          .takes(flag("meta", "With their labels"))
          .gives(list(JobListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED, NAMESPACED)
          .refuses(INVALID, 400)),
  JOB(read("/v1/job/{+job_id}", "A job", "job not found").gives(one(Job.getDefaultInstance()))),
  JOB_SUMMARY(
      read("/v1/job/{+job_id}/summary", "What its allocations are at", "job not found")
          .gives(one(JobSummary.getDefaultInstance()))),
  JOB_VERSIONS(
      read("/v1/job/{+job_id}/versions", "Its versions, newest first", "job versions not found")
          .gives(one(JobVersions.getDefaultInstance()))),
  JOB_ALLOCATIONS(
      of("/v1/job/{+job_id}/allocations", "Its allocations", AllocListStub.getDefaultInstance())),
  JOB_EVALUATIONS(
      of("/v1/job/{+job_id}/evaluations", "Its evaluations", Evaluation.getDefaultInstance())),
  JOB_DEPLOYMENTS(
      of("/v1/job/{+job_id}/deployments", "Its deployments", Deployment.getDefaultInstance())),
  JOB_DEPLOYMENT(
      Description.get("/v1/job/{+job_id}/deployment", "Its newest deployment, or null")
          .needs(Right.namespace("read-job"))
          .gives(oneOrNull(Deployment.getDefaultInstance()))
          .is(INDEXED, BLOCKING, NAMESPACED)),
  JOB_REGISTER(
      Description.write("/v1/jobs", "Registers a job")
          .needs(Right.namespace("submit-job"))
          .takes(JobRegisterRequest.getDefaultInstance())
          .gives(one(JobRegisterResponse.getDefaultInstance()))
          .is(INDEXED, NAMESPACED)),
  JOB_UPDATE(
      Description.write("/v1/job/{+job_id}", "Registers a job anew")
          .needs(Right.namespace("submit-job"))
          .takes(JobRegisterRequest.getDefaultInstance())
          .gives(one(JobRegisterResponse.getDefaultInstance()))
          .is(INDEXED, NAMESPACED)),
  JOB_VALIDATE(
      Description.write("/v1/validate/job", "Says what is wrong with a job")
          .needs(Right.namespace("read-job"))
          .takes(JobValidateRequest.getDefaultInstance())
          .gives(one(JobValidateResponse.getDefaultInstance()))
          .is(NAMESPACED)),
  JOB_DEREGISTER(
      Description.delete("/v1/job/{+job_id}", "Stops a job; purged, it is forgotten")
          .needs(Right.namespace("submit-job"))
          .takes(
              flag("purge", "Whether to forget it"),
              number("eval_priority", "Of the evaluation; the job's where none is given"),
              flag("no_shutdown_delay", "Whether tasks are stopped without their delay"))
          .gives(one(JobDeregisterResponse.getDefaultInstance()))
          .is(INDEXED, NAMESPACED)
          .refuses(NOT_FOUND, 404, "job not found")),
  JOB_EVALUATE(
      Description.write("/v1/job/{+job_id}/evaluate", "Has it looked at again")
          .needs(Right.namespace("submit-job"))
          .takes(JobEvaluateRequest.getDefaultInstance())
          .gives(one(JobRegisterResponse.getDefaultInstance()))
          .is(INDEXED, NAMESPACED)
          .refuses(NOT_FOUND, 500, "job not found"));

  private final Description description;

  JobRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }

  private static Description read(String path, String summary, String unknown) {
    return Description.get(path, summary)
        .needs(Right.namespace("read-job"))
        .is(INDEXED, BLOCKING, NAMESPACED)
        .refuses(NOT_FOUND, 404, unknown);
  }

  private static Description of(String path, String summary, Message prototype) {
    return Description.get(path, summary)
        .needs(Right.namespace("read-job"))
        .gives(list(prototype))
        .is(INDEXED, BLOCKING, PAGED, NAMESPACED)
        .refuses(INVALID, 400);
  }
}
