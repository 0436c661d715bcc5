package io.steppe.gateway.evaluation;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.acl.Right;
import io.steppe.gateway.answer.Page;
import io.steppe.gateway.answer.Read;
import io.steppe.gateway.answer.Reads;
import io.steppe.gateway.answer.Scope;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.query.Ids;
import io.steppe.rpc.v1.GetEvaluationReply;
import io.steppe.rpc.v1.GetEvaluationRequest;
import io.steppe.rpc.v1.ListAllocationsReply;
import io.steppe.rpc.v1.ListAllocationsRequest;
import io.steppe.rpc.v1.ListEvaluationsReply;
import io.steppe.rpc.v1.ListEvaluationsRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** {@code /v1/evaluations} and {@code /v1/evaluation/}. */
@Path("/v1")
@RunOnVirtualThread
public class EvaluationResource {
  private static final String BASE = "/v1/evaluation/";
  private static final String ALLOCATIONS = "/allocations";

  private final Reads reads;
  private final Calls calls;

  EvaluationResource(Reads reads, Calls calls) {
    this.reads = reads;
    this.calls = calls;
  }

  /** The evaluations. */
  @GET
  @Path("evaluations")
  public Response list(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ReadParameters parameters = reads.parameters(request);
    String prefix = Ids.prefix("eval", parameters.prefix());
    String job = request.query().text("job");
    String status = request.query().text("status");
    return reads.answer(
        request,
        parameters,
        Read.namespaced(
            EvaluationRoute.EVALUATIONS,
            parameters,
            job + "\n" + status,
            Interest.evaluations(),
            options -> {
              ListEvaluationsRequest call =
                  ListEvaluationsRequest.newBuilder()
                      .setRead(options.toBuilder().setPrefix(prefix))
                      .setJobId(job)
                      .setStatus(status)
                      .build();
              return calls.evaluations(
                  stub ->
                      Page.of(
                          stub.list(call),
                          ListEvaluationsReply::getMeta,
                          ListEvaluationsReply::getEvaluationsList));
            }));
  }

  /** An evaluation, or its allocations. */
  @GET
  @Path("evaluation/{rest:.*}")
  public Response get(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    String rest = request.pathAfter(BASE);
    return rest.endsWith(ALLOCATIONS)
        ? allocations(request, rest.substring(0, rest.length() - ALLOCATIONS.length()))
        : evaluation(request, rest);
  }

  private Response evaluation(Request request, String id) {
    ReadParameters parameters = reads.parameters(request);
    boolean related = request.query().bool("related", false);
    String evaluationId = Ids.whole("eval", id);
    return reads.answer(
        request,
        parameters,
        new Read(
            EvaluationRoute.EVALUATION,
            Scope.ofObject(parameters.namespace()),
            evaluationId + (related ? "/related" : ""),
            related ? Interest.evaluations() : Interest.evaluation(evaluationId),
            options -> {
              GetEvaluationRequest call =
                  GetEvaluationRequest.newBuilder()
                      .setRead(options)
                      .setEvaluationId(evaluationId)
                      .setRelated(related)
                      .build();
              GetEvaluationReply reply = calls.evaluations(stub -> stub.get(call));
              return Page.of(
                  reply.getMeta(), reply.getEvaluation().getNamespace(), reply.getEvaluation());
            }));
  }

  private Response allocations(Request request, String id) {
    ReadParameters parameters = reads.parameters(request);
    String evaluationId = Ids.whole("eval", id);
    return reads.answer(
        request,
        parameters,
        new Read(
            EvaluationRoute.EVALUATION_ALLOCATIONS,
            Scope.shown(Right.namespace("read-job"), parameters.namespace()),
            evaluationId,
            Interest.allocations(),
            options -> {
              ListAllocationsRequest call =
                  ListAllocationsRequest.newBuilder()
                      .setRead(options)
                      .setEvaluationId(evaluationId)
                      .setTaskStates(true)
                      .build();
              return calls.allocations(
                  stub ->
                      Page.of(
                          stub.list(call),
                          ListAllocationsReply::getMeta,
                          ListAllocationsReply::getAllocationsList));
            }));
  }
}
