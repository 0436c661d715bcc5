package io.steppe.node.session;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.ledger.Ledger;
import io.steppe.node.client.Answers;
import io.steppe.node.identity.TaskIdentities;
import io.steppe.node.token.AgentTokens;
import io.steppe.node.view.NodeView;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AgentAnswer;
import io.steppe.rpc.v1.AgentDown;
import io.steppe.rpc.v1.AgentSessionGrpc;
import io.steppe.rpc.v1.AgentUp;
import io.steppe.rpc.v1.AnswerCredit;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.ResolveTokenRequest;
import io.steppe.rpc.v1.SignIdentitiesRequest;
import io.steppe.rpc.v1.SignReply;

/** Where agents dial in. */
@GrpcService
public class AgentSessionEndpoint extends AgentSessionGrpc.AgentSessionImplBase {
  private final Sessions sessions;
  private final Ledger<NodeView> ledger;
  private final Answers answers;
  private final AgentTokens tokens;
  private final TaskIdentities identities;

  public AgentSessionEndpoint(
      Sessions sessions,
      Ledger<NodeView> ledger,
      Answers answers,
      AgentTokens tokens,
      TaskIdentities identities) {
    this.sessions = sessions;
    this.ledger = ledger;
    this.answers = answers;
    this.tokens = tokens;
    this.identities = identities;
  }

  @Override
  public StreamObserver<AgentUp> connect(StreamObserver<AgentDown> down) {
    var out = (ServerCallStreamObserver<AgentDown>) down;
    AgentStream stream = new AgentStream(out, ledger::snapshot);
    Session session = sessions.open(stream);
    out.setOnReadyHandler(stream::drain);
    out.setOnCancelHandler(() -> closed(session));
    out.setOnCloseHandler(() -> closed(session));
    return new StreamObserver<>() {
      @Override
      public void onNext(AgentUp message) {
        up(session, message);
      }

      @Override
      public void onError(Throwable error) {
        closed(session);
      }

      @Override
      public void onCompleted() {
        stream.close(Ending.CLOSED);
        closed(session);
      }
    };
  }

  private void closed(Session session) {
    sessions.closed(session);
    answers.lost(session);
  }

  private void up(Session session, AgentUp message) {
    switch (message.getUpCase()) {
      case REGISTER -> sessions.register(session, message.getRegister());
      case HEARTBEAT -> sessions.heartbeat(session);
      case UPDATES -> sessions.updates(session, message.getUpdates());
      case NODE -> sessions.changed(session, message.getNode());
      case UP_NOT_SET -> sessions.move(session, new SessionEvent.Disconnected(Ending.OUT_OF_TURN));
    }
  }

  @Override
  public void signIdentities(SignIdentitiesRequest request, StreamObserver<SignReply> answer) {
    identities
        .sign(request)
        .subscribe()
        .with(
            reply -> {
              answer.onNext(reply);
              answer.onCompleted();
            },
            error -> answer.onError(Failure.of(error).toStatus()));
  }

  @Override
  public StreamObserver<AgentAnswer> answer(StreamObserver<AnswerCredit> credit) {
    return answers.accept((ServerCallStreamObserver<AnswerCredit>) credit);
  }

  @Override
  public void resolveToken(ResolveTokenRequest request, StreamObserver<ResolveTokenReply> answer) {
    tokens
        .resolve(request)
        .subscribe()
        .with(
            reply -> {
              answer.onNext(reply);
              answer.onCompleted();
            },
            error -> answer.onError(Failure.of(error).toStatus()));
  }
}
