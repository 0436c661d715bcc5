package io.steppe.node.peer;

import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.node.session.Sessions;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.PeersGrpc;
import io.steppe.rpc.v1.SupersededReply;
import io.steppe.rpc.v1.SupersededRequest;

/** What other replicas of this service say. */
@GrpcService
public class PeersEndpoint extends PeersGrpc.PeersImplBase {
  private final Sessions sessions;

  public PeersEndpoint(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public void superseded(SupersededRequest request, StreamObserver<SupersededReply> reply) {
    try {
      Callers.required(request.getCaller());
    } catch (Failure failure) {
      reply.onError(failure.toStatus());
      return;
    }
    sessions.newerSession(request.getNodeId(), request.getEpoch());
    reply.onNext(SupersededReply.getDefaultInstance());
    reply.onCompleted();
  }
}
