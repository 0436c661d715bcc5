package io.steppe.gateway.job;

import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Query;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobDeregisterResponse;
import io.steppe.proto.v1.JobEvaluateRequest;
import io.steppe.proto.v1.JobRegisterRequest;
import io.steppe.proto.v1.JobRegisterResponse;
import io.steppe.proto.v1.JobValidateRequest;
import io.steppe.proto.v1.JobValidateResponse;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeregisterJobReply;
import io.steppe.rpc.v1.DeregisterJobRequest;
import io.steppe.rpc.v1.EvaluateJobRequest;
import io.steppe.rpc.v1.GetSettingsRequest;
import io.steppe.rpc.v1.ReadOptions;
import io.steppe.rpc.v1.RegisterJobReply;
import io.steppe.rpc.v1.RegisterJobRequest;
import io.steppe.rpc.v1.ValidateJobReply;
import io.steppe.rpc.v1.ValidateJobRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.util.function.Supplier;

/** Changes of jobs. */
@ApplicationScoped
class JobWrites {
  private final Calls calls;
  private final String region;

  JobWrites(Calls calls, GatewaySettings settings) {
    this.calls = calls;
    region = settings.region();
  }

  /** Operators may have left registrations to those who hold management tokens. */
  private void requireRegistrationsAllowed(Request request) {
    if (request.identity().acl().isManagement()) {
      return;
    }
    GetSettingsRequest read =
        GetSettingsRequest.newBuilder()
            .setRead(ReadOptions.newBuilder().setCaller(request.caller()))
            .build();
    if (calls.settings(stub -> stub.get(read)).getScheduler().getRejectJobRegistration()) {
      throw new Refusal(
          403, "Job registration, dispatch, and scale are disabled by the scheduler configuration");
    }
  }

  /** Registers the job of the body; an id in the path must be the job's. */
  Response register(Request request, String id) {
    JobRegisterRequest body = request.body(JobRegisterRequest.getDefaultInstance());
    Job job = named(request.query(), body.hasJob(), body.getJob());
    if (job.getId().isEmpty()) {
      throw Refusal.badRequest("Job ID hasn't been provided");
    }
    if (!id.isEmpty() && !job.getId().equals(id)) {
      throw Refusal.badRequest("Job ID does not match name specified in the URL");
    }
    JobRoute route = id.isEmpty() ? JobRoute.JOB_REGISTER : JobRoute.JOB_UPDATE;
    request.check(route, job.getNamespace());
    requireRegistrationsAllowed(request);
    RegisterJobRequest call =
        RegisterJobRequest.newBuilder()
            .setCaller(request.caller())
            .setRequest(body.toBuilder().setJob(job))
            .build();
    return registered(request, attempt(route, () -> calls.jobs(stub -> stub.register(call))));
  }

  Response validate(Request request) {
    JobValidateRequest body = request.body(JobValidateRequest.getDefaultInstance());
    Job job = named(request.query(), body.hasJob(), body.getJob());
    request.check(JobRoute.JOB_VALIDATE, job.getNamespace());
    ValidateJobRequest call =
        ValidateJobRequest.newBuilder().setCaller(request.caller()).setJob(job).build();
    ValidateJobReply reply =
        attempt(JobRoute.JOB_VALIDATE, () -> calls.jobs(stub -> stub.validate(call)));
    return Replies.document(
        request,
        JobValidateResponse.newBuilder()
            .setDriverConfigValidated(true)
            .addAllValidationErrors(reply.getErrorsList())
            .setError(reply.getError())
            .setWarnings(reply.getWarnings())
            .build());
  }

  Response deregister(Request request, String id) {
    Query query = request.query();
    DeregisterJobRequest call =
        DeregisterJobRequest.newBuilder()
            .setCaller(request.caller())
            .setNamespace(ReadParameters.namespace(query))
            .setJobId(id)
            .setPurge(query.bool("purge", false))
            .setEvalPriority(query.integer("eval_priority").orElse(0))
            .setNoShutdownDelay(query.bool("no_shutdown_delay", false))
            .build();
    request.check(JobRoute.JOB_DEREGISTER, call.getNamespace());
    DeregisterJobReply reply =
        attempt(JobRoute.JOB_DEREGISTER, () -> calls.jobs(stub -> stub.deregister(call)));
    return Replies.written(
        request,
        reply.getIndex(),
        JobDeregisterResponse.newBuilder()
            .setEvalId(reply.getEvalId())
            .setEvalCreateIndex(reply.getEvalCreateIndex())
            .setJobModifyIndex(reply.getJobModifyIndex())
            .setIndex(reply.getIndex())
            .build());
  }

  Response evaluate(Request request, String id) {
    JobEvaluateRequest body = request.optionalBody(JobEvaluateRequest.getDefaultInstance());
    if (!body.getJobId().isEmpty() && !body.getJobId().equals(id)) {
      throw Refusal.badRequest("JobID not same as job name");
    }
    EvaluateJobRequest call =
        EvaluateJobRequest.newBuilder()
            .setCaller(request.caller())
            .setNamespace(ReadParameters.namespace(request.query()))
            .setJobId(id)
            .setForceReschedule(body.getEvalOptions().getForceReschedule())
            .build();
    request.check(JobRoute.JOB_EVALUATE, call.getNamespace());
    return registered(
        request, attempt(JobRoute.JOB_EVALUATE, () -> calls.jobs(stub -> stub.evaluate(call))));
  }

  /** The job with namespace and region as the request means them. */
  private Job named(Query query, boolean given, Job job) {
    if (!given) {
      throw Refusal.badRequest("Job must be specified");
    }
    String asked = query.text("region").isEmpty() ? job.getRegion() : query.text("region");
    if (!asked.isEmpty() && !asked.equals(region)) {
      throw new Refusal(500, "No path to region");
    }
    String namespace =
        query.text("namespace").isEmpty() ? job.getNamespace() : query.text("namespace");
    return job.toBuilder()
        .setRegion(region)
        .setNamespace(namespace.isEmpty() ? "default" : namespace)
        .build();
  }

  private static Response registered(Request request, RegisterJobReply reply) {
    return Replies.written(
        request,
        reply.getIndex(),
        JobRegisterResponse.newBuilder()
            .setEvalId(reply.getEvalId())
            .setEvalCreateIndex(reply.getEvalCreateIndex())
            .setJobModifyIndex(reply.getJobModifyIndex())
            .setWarnings(reply.getWarnings())
            .setIndex(reply.getIndex())
            .build());
  }

  private static <T> T attempt(Route route, Supplier<T> call) {
    try {
      return call.get();
    } catch (Failure failure) {
      throw route.refusal(failure);
    }
  }
}
