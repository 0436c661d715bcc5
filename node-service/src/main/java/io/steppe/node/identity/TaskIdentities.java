package io.steppe.node.identity;

import io.grpc.ManagedChannel;
import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Ledger;
import io.steppe.node.peer.Ask;
import io.steppe.node.registration.NodeSecret;
import io.steppe.node.view.NodeView;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.IdentifyReply;
import io.steppe.rpc.v1.IdentifyRequest;
import io.steppe.rpc.v1.IdentitiesGrpc;
import io.steppe.rpc.v1.NodeProof;
import io.steppe.rpc.v1.SignIdentitiesRequest;
import io.steppe.rpc.v1.SignReply;
import io.steppe.rpc.v1.SignRequest;
import java.util.concurrent.TimeUnit;

/** Identities of tasks: made for the node that runs them and nobody else, read for any. */
public final class TaskIdentities {
  private static final int DEADLINE_SECONDS = 5;

  private final Ledger<NodeView> ledger;
  private final ManagedChannel allocService;

  public TaskIdentities(Ledger<NodeView> ledger, ManagedChannel allocService) {
    this.ledger = ledger;
    this.allocService = allocService;
  }

  /** Has them signed. DENIED for a node whose secret is another. */
  public Uni<SignReply> sign(SignIdentitiesRequest request) {
    return ledger
        .latest()
        .chain(
            snapshot -> {
              require(snapshot.view(), request.getNode());
              return Ask.of(
                  answer ->
                      IdentitiesGrpc.newStub(allocService)
                          .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                          .sign(
                              SignRequest.newBuilder()
                                  .setCaller(Callers.service("node-service"))
                                  .setNodeId(request.getNode().getNodeId())
                                  .addAllWishes(request.getWishesList())
                                  .build(),
                              answer));
            });
  }

  /** Which task an identity is of. DENIED for one that is none, or whose allocation is over. */
  public Uni<IdentifyReply> identify(String jwt) {
    return Ask.of(
        answer ->
            IdentitiesGrpc.newStub(allocService)
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .identify(
                    IdentifyRequest.newBuilder()
                        .setCaller(Callers.service("node-service"))
                        .setJwt(jwt)
                        .build(),
                    answer));
  }

  private static void require(NodeView view, NodeProof proof) {
    NodeSecret secret = NodeSecret.of(proof.getSecretId());
    if (view.node(proof.getNodeId()).filter(secret::isOf).isEmpty()) {
      throw Failure.denied("Permission denied");
    }
  }
}
