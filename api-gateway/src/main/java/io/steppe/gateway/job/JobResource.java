package io.steppe.gateway.job;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.answer.Reads;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** {@code /v1/jobs}, {@code /v1/job/} and {@code /v1/validate/job}. */
@Path("/v1")
@RunOnVirtualThread
public class JobResource {
  private static final String BASE = "/v1/job/";

  private final Reads reads;
  private final JobReads jobs;
  private final JobWrites writes;

  JobResource(Reads reads, JobReads jobs, JobWrites writes) {
    this.reads = reads;
    this.jobs = jobs;
    this.writes = writes;
  }

  /** The jobs. */
  @GET
  @Path("jobs")
  public Response list(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ReadParameters parameters = reads.parameters(request);
    return reads.answer(
        request, parameters, jobs.list(parameters, request.query().bool("meta", false)));
  }

  /** Registers a job. */
  @PUT
  @Path("jobs")
  public Response register(@Context RoutingContext routing) {
    return writes.register(Request.of(routing), "");
  }

  /** Registers a job. */
  @POST
  @Path("jobs")
  public Response registerByPost(@Context RoutingContext routing) {
    return register(routing);
  }

  /** Says what is wrong with a job. */
  @PUT
  @Path("validate/job")
  public Response validate(@Context RoutingContext routing) {
    return writes.validate(Request.of(routing));
  }

  /** Says what is wrong with a job. */
  @POST
  @Path("validate/job")
  public Response validateByPost(@Context RoutingContext routing) {
    return validate(routing);
  }

  /** A job, or what belongs to it. */
  @GET
  @Path("job/{rest:.*}")
  public Response get(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    JobPath path = path(request);
    ReadParameters parameters = reads.parameters(request);
    return reads.answer(
        request,
        parameters,
        switch (path.part()) {
          case "" -> jobs.job(parameters, path.jobId());
          case "allocations" -> jobs.allocations(parameters, path.jobId());
          case "evaluations" -> jobs.evaluations(parameters, path.jobId());
          case "summary" -> jobs.summary(parameters, path.jobId());
          case "versions" -> jobs.versions(parameters, path.jobId());
          case "deployments" -> jobs.deployments(parameters, path.jobId());
          case "deployment" -> jobs.latestDeployment(parameters, path.jobId());
          default -> throw Refusal.invalidMethod();
        });
  }

  /** Registers a job anew, or evaluates it. */
  @PUT
  @Path("job/{rest:.*}")
  public Response put(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    JobPath path = path(request);
    return switch (path.part()) {
      case "" -> writes.register(request, path.jobId());
      case "evaluate" -> writes.evaluate(request, path.jobId());
      default -> throw Refusal.invalidMethod();
    };
  }

  /** Registers a job anew, or evaluates it. */
  @POST
  @Path("job/{rest:.*}")
  public Response post(@Context RoutingContext routing) {
    return put(routing);
  }

  /** Stops a job; purged, it is forgotten. */
  @DELETE
  @Path("job/{rest:.*}")
  public Response delete(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    JobPath path = path(request);
    if (!path.part().isEmpty()) {
      throw Refusal.invalidMethod();
    }
    return writes.deregister(request, path.jobId());
  }

  private static JobPath path(Request request) {
    JobPath path = JobPath.of(request.pathAfter(BASE));
    if (path.jobId().isEmpty()) {
      throw Refusal.badRequest("missing job ID");
    }
    return path;
  }
}
