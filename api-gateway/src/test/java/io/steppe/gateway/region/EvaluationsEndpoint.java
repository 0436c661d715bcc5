package io.steppe.gateway.region;

import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.Evaluation;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.CreateForNodeRequest;
import io.steppe.rpc.v1.EvaluationsGrpc;
import io.steppe.rpc.v1.GetEvaluationReply;
import io.steppe.rpc.v1.GetEvaluationRequest;
import io.steppe.rpc.v1.ListEvaluationsReply;
import io.steppe.rpc.v1.ListEvaluationsRequest;
import io.steppe.rpc.v1.NodeEvaluationsReply;

final class EvaluationsEndpoint extends EvaluationsGrpc.EvaluationsImplBase {
  private final Region region;

  EvaluationsEndpoint(Region region) {
    this.region = region;
  }

  @Override
  public void list(ListEvaluationsRequest request, StreamObserver<ListEvaluationsReply> out) {
    ListEvaluationsReply.Builder reply =
        ListEvaluationsReply.newBuilder().setMeta(region.meta(request.getRead(), "evals"));
    if (!reply.getMeta().getUnchanged()) {
      region.evaluations.values().stream()
          .filter(
              evaluation ->
                  request.getJobId().isEmpty() || evaluation.getJobId().equals(request.getJobId()))
          .forEach(reply::addEvaluations);
    }
    out.onNext(reply.build());
    out.onCompleted();
  }

  @Override
  public void get(GetEvaluationRequest request, StreamObserver<GetEvaluationReply> out) {
    region
        .found(region.evaluations, request.getEvaluationId())
        .ifPresentOrElse(
            evaluation -> {
              out.onNext(
                  GetEvaluationReply.newBuilder()
                      .setMeta(region.meta(request.getRead(), "evals"))
                      .setEvaluation(evaluation)
                      .build());
              out.onCompleted();
            },
            () -> out.onError(Failure.notFound("nothing").toStatus()));
  }

  @Override
  public void createForNode(
      CreateForNodeRequest request, StreamObserver<NodeEvaluationsReply> out) {
    region
        .found(region.nodes, request.getNodeId())
        .ifPresentOrElse(
            node -> {
              long index = region.put(Evaluation.newBuilder().setId("e").build());
              out.onNext(
                  NodeEvaluationsReply.newBuilder()
                      .addEvalIds("e")
                      .setEvalCreateIndex(index)
                      .setNodeModifyIndex(node.getModifyIndex())
                      .setNumNodes(region.nodes.size())
                      .setIndex(index)
                      .build());
              out.onCompleted();
            },
            () -> out.onError(Failure.notFound("nothing").toStatus()));
  }
}
