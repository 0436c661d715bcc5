package io.steppe.alloc.evaluation;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.steppe.alloc.nodewatch.EvaluateNode;
import io.steppe.alloc.nodewatch.NodeAnswers;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Ids;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Reads;
import io.steppe.alloc.view.Reads.Read;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.EvaluationStub;
import io.steppe.query.Listing;
import io.steppe.query.Order;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.CreateForNodeRequest;
import io.steppe.rpc.v1.GetEvaluationReply;
import io.steppe.rpc.v1.GetEvaluationRequest;
import io.steppe.rpc.v1.ListEvaluationsReply;
import io.steppe.rpc.v1.ListEvaluationsRequest;
import io.steppe.rpc.v1.NodeEvaluationsReply;
import io.steppe.rpc.v1.OfNodeChangeRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Evaluations, as other services call them. */
@GrpcService
public class EvaluationEndpoint implements io.steppe.rpc.v1.Evaluations {
  private static final String WHAT = "eval";
  private static final Order<Evaluation> OLDEST_FIRST =
      Order.byCreation(Evaluation::getCreateIndex, Evaluation::getId);

  private final Ledger<AllocView> ledger;
  private final Reads reads;
  private final NodeAnswers nodeAnswers;
  private final Supplier<RandomGenerator> random;

  public EvaluationEndpoint(
      Ledger<AllocView> ledger, Reads reads, Supplier<RandomGenerator> random) {
    this.ledger = ledger;
    this.reads = reads;
    this.nodeAnswers = new NodeAnswers(ledger);
    this.random = random;
  }

  @Override
  public Multi<ListEvaluationsReply> list(ListEvaluationsRequest call) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Ids.malformedPrefix(WHAT, call.getRead().getPrefix())
                  .ifPresent(EvaluationEndpoint::refuse);
              return reads.list(call.getRead());
            })
        .map(read -> list(read, call))
        .onItem()
        .transformToMulti(replies -> Multi.createFrom().iterable(replies))
        .onFailure()
        .transform(EvaluationEndpoint::status);
  }

  private static List<ListEvaluationsReply> list(Read read, ListEvaluationsRequest call) {
    var meta = read.meta(Tables.EVALS);
    if (meta.getUnchanged()) {
      return List.of(ListEvaluationsReply.newBuilder().setMeta(meta).build());
    }
    boolean oneJob = !call.getJobId().isEmpty() && !read.options().getNamespace().equals("*");
    Collection<Evaluation> all =
        oneJob
            ? read.view().evaluationsOf(new JobKey(read.options().getNamespace(), call.getJobId()))
            : read.view().evaluations().values();
    var found =
        all.stream()
            .filter(evaluation -> read.sees(evaluation.getNamespace()))
            .filter(
                evaluation ->
                    call.getJobId().isEmpty() || call.getJobId().equals(evaluation.getJobId()))
            .filter(
                evaluation ->
                    call.getStatus().isEmpty() || call.getStatus().equals(evaluation.getStatus()))
            .filter(evaluation -> evaluation.getId().startsWith(read.options().getPrefix()))
            .toList();
    var page = Listing.of(read.options()).page(found, OLDEST_FIRST);
    var replies = new ArrayList<ListEvaluationsReply>();
    for (var chunk : Reads.chunks(page.objects())) {
      var reply = ListEvaluationsReply.newBuilder().addAllEvaluations(chunk);
      replies.add(replies.isEmpty() ? reply.setMeta(page.meta(meta)).build() : reply.build());
    }
    return replies;
  }

  @Override
  public Uni<GetEvaluationReply> get(GetEvaluationRequest call) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Ids.malformed(WHAT, call.getEvaluationId()).ifPresent(EvaluationEndpoint::refuse);
              return reads.read(call.getRead());
            })
        .map(
            read -> {
              var evaluation =
                  read.view()
                      .evaluation(call.getEvaluationId())
                      .filter(found -> read.shows(found.getNamespace()))
                      .orElseThrow(() -> Failure.notFound("eval not found"));
              var meta = read.meta(Tables.EVALS);
              var reply = GetEvaluationReply.newBuilder().setMeta(meta);
              if (meta.getUnchanged()) {
                return reply.build();
              }
              return reply
                  .setEvaluation(
                      call.getRelated() ? withRelated(evaluation, read.view()) : evaluation)
                  .build();
            })
        .onFailure()
        .transform(EvaluationEndpoint::status);
  }

  /** With those that led to it or came from it, however far, by the links that evaluations keep. */
  private static Evaluation withRelated(Evaluation evaluation, AllocView view) {
    Map<String, Evaluation> found = new LinkedHashMap<>();
    var open = new ArrayDeque<Evaluation>();
    open.add(evaluation);
    while (!open.isEmpty()) {
      var next = open.remove();
      Stream.of(next.getPreviousEval(), next.getNextEval(), next.getBlockedEval())
          .filter(id -> !id.isEmpty() && !id.equals(evaluation.getId()) && !found.containsKey(id))
          .forEach(
              id ->
                  view.evaluation(id)
                      .ifPresent(
                          other -> {
                            found.put(id, other);
                            open.add(other);
                          }));
    }
    return evaluation.toBuilder()
        .addAllRelatedEvals(found.values().stream().map(EvaluationEndpoint::stub).toList())
        .build();
  }

  private static EvaluationStub stub(Evaluation evaluation) {
    return EvaluationStub.newBuilder()
        .setId(evaluation.getId())
        .setNamespace(evaluation.getNamespace())
        .setPriority(evaluation.getPriority())
        .setType(evaluation.getType())
        .setTriggeredBy(evaluation.getTriggeredBy())
        .setJobId(evaluation.getJobId())
        .setNodeId(evaluation.getNodeId())
        .setDeploymentId(evaluation.getDeploymentId())
        .setStatus(evaluation.getStatus())
        .setStatusDescription(evaluation.getStatusDescription())
        .setWaitUntil(evaluation.getWaitUntil())
        .setNextEval(evaluation.getNextEval())
        .setPreviousEval(evaluation.getPreviousEval())
        .setBlockedEval(evaluation.getBlockedEval())
        .setCreateIndex(evaluation.getCreateIndex())
        .setModifyIndex(evaluation.getModifyIndex())
        .setCreateTime(evaluation.getCreateTime())
        .setModifyTime(evaluation.getModifyTime())
        .build();
  }

  @Override
  public Uni<NodeEvaluationsReply> createForNode(CreateForNodeRequest call) {
    return Uni.createFrom()
        .deferred(
            () ->
                ledger.commit(
                    Callers.required(call.getCaller()).getRequestId(),
                    NodeEvaluationsReply.parser(),
                    new EvaluateNode(call.getNodeId(), random.get())))
        .onFailure()
        .transform(EvaluationEndpoint::status);
  }

  @Override
  public Uni<NodeEvaluationsReply> ofNodeChange(OfNodeChangeRequest call) {
    return nodeAnswers
        .of(call.getNodeId(), call.getNodeIndex())
        .onFailure()
        .transform(EvaluationEndpoint::status);
  }

  private static void refuse(Failure failure) {
    throw failure;
  }

  private static Throwable status(Throwable error) {
    return Failure.of(error).toStatus();
  }
}
