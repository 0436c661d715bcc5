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
import io.steppe.rpc.v1.ExecInput;
import io.steppe.rpc.v1.ExecOutput;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** An agent's side of an answer. */
final class TestAnswer implements StreamObserver<AnswerCredit> {
  private final String callId;
  private final StreamObserver<AgentAnswer> up;
  private final AtomicLong credit = new AtomicLong();
  private final List<ExecInput> inputs = new CopyOnWriteArrayList<>();
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

  TestAnswer exec(ExecOutput.Builder output) {
    return frame(ClientFrame.newBuilder().setExec(output).build());
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
    if (more.hasInput()) {
      inputs.add(more.getInput());
    }
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

  List<ExecInput> awaitInputs(int count) {
    Eventually.await(count + " inputs", () -> inputs.size() >= count);
    return inputs;
  }

  Status awaitEnd() {
    Eventually.await("end of the answer", () -> ended.isPresent());
    return ended.orElseThrow();
  }
}
