package io.steppe.node.client;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.steppe.node.session.Eventually;
import io.steppe.node.session.TestAgent;
import io.steppe.proto.v1.StreamFrame;
import io.steppe.rpc.v1.AgentAnswer;
import io.steppe.rpc.v1.AgentFailure;
import io.steppe.rpc.v1.AgentSessionGrpc;
import io.steppe.rpc.v1.AnswerCredit;
import io.steppe.rpc.v1.ClientFrame;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** An agent's side of an answer. */
final class TestAnswer implements StreamObserver<AnswerCredit> {
  private final String callId;
  private final StreamObserver<AgentAnswer> up;
  private final AtomicLong credit = new AtomicLong();
  private volatile Optional<Status> ended = Optional.empty();

  TestAnswer(TestAgent agent, String callId) {
    this.callId = callId;
    up = AgentSessionGrpc.newStub(agent.channel()).answer(this);
  }

  TestAnswer data(String text) {
    return frame(
        ClientFrame.newBuilder()
            .setData(StreamFrame.newBuilder().setData(ByteString.copyFromUtf8(text)))
            .build());
  }

  TestAnswer frame(ClientFrame frame) {
    up.onNext(AgentAnswer.newBuilder().setCallId(callId).setFrame(frame).build());
    return this;
  }

  void fail(Status.Code code, String text) {
    up.onNext(
        AgentAnswer.newBuilder()
            .setCallId(callId)
            .setFailure(AgentFailure.newBuilder().setCode(code.value()).setMessage(text))
            .build());
  }

  void complete() {
    up.onCompleted();
  }

  void breakOff() {
    up.onError(Status.CANCELLED.asRuntimeException());
  }

  @Override
  public void onNext(AnswerCredit more) {
    credit.addAndGet(more.getBytes());
  }

  @Override
  public void onError(Throwable error) {
    ended = Optional.of(Status.fromThrowable(error));
  }

  @Override
  public void onCompleted() {
    ended = Optional.of(Status.OK);
  }

  void awaitCredit(long bytes) {
    Eventually.await("credit of " + bytes, () -> credit.get() == bytes);
  }

  Status awaitEnd() {
    Eventually.await("end of the answer", () -> ended.isPresent());
    return ended.orElseThrow();
  }
}
