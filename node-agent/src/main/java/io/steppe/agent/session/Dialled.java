package io.steppe.agent.session;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AgentAnswer;
import io.steppe.rpc.v1.AgentFailure;
import io.steppe.rpc.v1.AgentRequest;
import io.steppe.rpc.v1.AgentSessionGrpc;
import io.steppe.rpc.v1.AnswerCredit;
import io.steppe.rpc.v1.ClientFrame;

/** The call to node-service that an answer goes over. */
final class Dialled implements Outlet, ClientResponseObserver<AgentAnswer, AnswerCredit> {
  private final Answer answer;
  private ClientCallStreamObserver<AgentAnswer> up;

  private Dialled(long credit) {
    answer = new Answer(this, credit);
  }

  /** Dials with the answer to a request. */
  static Dialled open(ManagedChannel channel, AgentRequest request) {
    var dialled = new Dialled(Integer.toUnsignedLong(request.getRequest().getCredit()));
    AgentSessionGrpc.newStub(channel).answer(dialled);
    dialled.up.onNext(AgentAnswer.newBuilder().setCallId(request.getCallId()).build());
    return dialled;
  }

  Answer answer() {
    return answer;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<AgentAnswer> stream) {
    up = stream;
    stream.setOnReadyHandler(answer::outletReady);
  }

  @Override
  public void onNext(AnswerCredit more) {
    answer.credit(Integer.toUnsignedLong(more.getBytes()));
    if (more.hasInput()) {
      answer.input(more.getInput());
    }
  }

  @Override
  public void onError(Throwable error) {
    answer.leave();
  }

  @Override
  public void onCompleted() {
    answer.leave();
  }

  @Override
  public boolean isReady() {
    return up.isReady();
  }

  @Override
  public void frame(ClientFrame frame) {
    up.onNext(AgentAnswer.newBuilder().setFrame(frame).build());
  }

  @Override
  public void complete() {
    try {
      up.onCompleted();
    } catch (IllegalStateException e) {
      answer.leave();
    }
  }

  @Override
  public void fail(Failure failure) {
    try {
      up.onNext(
          AgentAnswer.newBuilder()
              .setFailure(
                  AgentFailure.newBuilder()
                      .setCode(failure.kind().code().value())
                      .setMessage(failure.getMessage()))
              .build());
      up.onCompleted();
    } catch (IllegalStateException e) {
      answer.leave();
    }
  }

  @Override
  public void cancel() {
    up.cancel("the reader is gone", null);
  }
}
