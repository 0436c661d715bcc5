package io.steppe.node.client;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.steppe.rpc.Frames;
import io.steppe.rpc.v1.AnswerCredit;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ExecInput;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * A call between a reader and an agent connected here. Frames and input pass through as they come:
 * what is on the way is bounded by the credit of whom it goes to. Ends once, for both sides.
 */
final class AgentCall implements Leg {
  /** Frames that carry no stream of bytes (listings, statistics) may come without credit. */
  private static final long BYTES_WITHOUT_CREDIT = 1 << 20;

  /** Inputs that wait for the agent to dial. */
  private static final int MOST_INPUTS = 1024;

  private final ServerCallStreamObserver<ClientFrame> reader;
  private final Runnable ended;
  private final Queue<ExecInput> inputs = new ArrayDeque<>();
  private Optional<ServerCallStreamObserver<AnswerCredit>> agent = Optional.empty();
  private long credit;
  private long creditToPassOn;
  private long stdinCredit = Frames.FREE_STDIN;
  private boolean over;

  /**
   * @param credit bytes that the reader takes, as the agent knows from the request
   * @param ended called at the end
   */
  AgentCall(ServerCallStreamObserver<ClientFrame> reader, long credit, Runnable ended) {
    this.reader = reader;
    this.credit = credit;
    this.ended = ended;
  }

  /** The agent dialled. */
  synchronized void answered(ServerCallStreamObserver<AnswerCredit> dialled) {
    if (over) {
      dialled.onError(Status.CANCELLED.withDescription("the reader is gone").asRuntimeException());
      return;
    }
    agent = Optional.of(dialled);
    passCredit();
    passInputs();
  }

  synchronized void frame(ClientFrame frame) {
    if (over) {
      return;
    }
    credit -= Frames.bytes(frame);
    stdinCredit += Integer.toUnsignedLong(frame.getExec().getStdinCredit());
    if (credit < -BYTES_WITHOUT_CREDIT) {
      fail(Status.RESOURCE_EXHAUSTED.withDescription("the node's agent sends without credit"));
      return;
    }
    reader.onNext(frame);
  }

  @Override
  public synchronized void credit(int bytes) {
    credit += Integer.toUnsignedLong(bytes);
    creditToPassOn += Integer.toUnsignedLong(bytes);
    passCredit();
  }

  @Override
  public synchronized void input(ExecInput input) {
    if (over) {
      return;
    }
    stdinCredit -= Frames.bytes(input);
    if (stdinCredit < 0 || inputs.size() >= MOST_INPUTS) {
      fail(Status.RESOURCE_EXHAUSTED.withDescription("input comes without credit"));
      return;
    }
    inputs.add(input);
    passInputs();
  }

  private void passInputs() {
    while (agent.isPresent() && !inputs.isEmpty()) {
      agent.get().onNext(AnswerCredit.newBuilder().setInput(inputs.remove()).build());
    }
  }

  private void passCredit() {
    if (over || agent.isEmpty() || creditToPassOn == 0) {
      return;
    }
    int bytes = (int) Math.min(creditToPassOn, Integer.MAX_VALUE);
    creditToPassOn -= bytes;
    agent.get().onNext(AnswerCredit.newBuilder().setBytes(bytes).build());
  }

  /** The agent said all there is. */
  synchronized void complete() {
    if (end()) {
      reader.onCompleted();
      agent.ifPresent(ServerCallStreamObserver::onCompleted);
    }
  }

  /** It can't go on: the reader is told why, the agent stops. */
  synchronized void fail(Status status) {
    if (end()) {
      reader.onError(status.asRuntimeException());
      stopAgent();
    }
  }

  @Override
  public synchronized void cancel() {
    if (end()) {
      stopAgent();
    }
  }

  private void stopAgent() {
    agent
        .filter(dialled -> !dialled.isCancelled())
        .ifPresent(
            dialled ->
                dialled.onError(
                    Status.CANCELLED
                        .withDescription("nobody reads any more")
                        .asRuntimeException()));
  }

  private boolean end() {
    if (over) {
      return false;
    }
    over = true;
    ended.run();
    return true;
  }
}
