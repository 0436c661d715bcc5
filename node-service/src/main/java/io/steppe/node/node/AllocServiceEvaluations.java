package io.steppe.node.node;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.EvaluationsGrpc;
import io.steppe.rpc.v1.NodeEvaluationsReply;
import io.steppe.rpc.v1.OfNodeChangeRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Asks alloc-service, for a while: the change itself is made, whoever answers. */
public final class AllocServiceEvaluations implements FollowingEvaluations {
  private static final Logger LOG = Logger.getLogger(AllocServiceEvaluations.class);

  private final ManagedChannel allocService;
  private final Duration within;

  /**
   * @param within how long the answer to a change waits for its evaluations
   */
  public AllocServiceEvaluations(ManagedChannel allocService, Duration within) {
    this.allocService = allocService;
    this.within = within;
  }

  @Override
  public Uni<NodeEvaluationsReply> of(String nodeId, long nodeIndex) {
    OfNodeChangeRequest request =
        OfNodeChangeRequest.newBuilder()
            .setCaller(Callers.service("node-service"))
            .setNodeId(nodeId)
            .setNodeIndex(nodeIndex)
            .build();
    return Uni.createFrom()
        .<NodeEvaluationsReply>emitter(emitter -> ask(request, emitter))
        .onFailure()
        .recoverWithItem(
            error -> {
              LOG.infof(
                  "evaluations of node %s's change at %d are not told: %s",
                  nodeId, nodeIndex, Failure.of(error).getMessage());
              return NodeEvaluationsReply.getDefaultInstance();
            });
  }

  private void ask(OfNodeChangeRequest request, UniEmitter<? super NodeEvaluationsReply> emitter) {
    EvaluationsGrpc.newStub(allocService)
        .withDeadlineAfter(within.toMillis(), TimeUnit.MILLISECONDS)
        .ofNodeChange(
            request,
            new StreamObserver<>() {
              @Override
              public void onNext(NodeEvaluationsReply reply) {
                emitter.complete(reply);
              }

              @Override
              public void onError(Throwable error) {
                emitter.fail(error);
              }

              @Override
              public void onCompleted() {}
            });
  }
}
