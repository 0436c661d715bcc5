package io.steppe.agent.session;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.steppe.rpc.v1.AgentAnswer;
import io.steppe.rpc.v1.AgentFailure;
import io.steppe.rpc.v1.AgentSessionGrpc;
import io.steppe.rpc.v1.AnswerCredit;
import io.steppe.rpc.v1.ClientFrame;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One answer on its way: never more bytes than the reader gave credit for. */
final class Answer implements FrameSink, ClientResponseObserver<AgentAnswer, AnswerCredit> {
  private static final int FRAME_BYTES = 64 << 10;

  /**
   * Frames without bytes wait here for the connection, which is never slower than this unless it is
   * dead.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private ClientCallStreamObserver<AgentAnswer> up;
  private long credit;
  private boolean gone;
  private boolean woken;

  private Answer(long credit) {
    this.credit = credit;
  }

  static Answer open(ManagedChannel channel, String callId, int credit) {
    var answer = new Answer(Integer.toUnsignedLong(credit));
    AgentSessionGrpc.newStub(channel).answer(answer);
    answer.up.onNext(AgentAnswer.newBuilder().setCallId(callId).build());
    return answer;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<AgentAnswer> stream) {
    up = stream;
    stream.setOnReadyHandler(this::signal);
  }

  @Override
  public void onNext(AnswerCredit more) {
    lock.lock();
    try {
      credit += Integer.toUnsignedLong(more.getBytes());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onError(Throwable error) {
    leave();
  }

  @Override
  public void onCompleted() {
    leave();
  }

  private void leave() {
    lock.lock();
    try {
      gone = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int room() throws Gone, InterruptedException {
    lock.lock();
    try {
      while (!gone && (credit <= 0 || !up.isReady())) {
        changed.await();
      }
      if (gone) {
        throw new Gone();
      }
      return (int) Math.min(credit, FRAME_BYTES);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void send(ClientFrame frame) throws Gone {
    lock.lock();
    try {
      awaitReady();
      credit -= frame.getData().getData().size();
      up.onNext(AgentAnswer.newBuilder().setFrame(frame).build());
    } catch (IllegalStateException e) {
      gone = true;
      throw new Gone();
    } finally {
      lock.unlock();
    }
  }

  private void awaitReady() throws Gone {
    long left = PATIENCE.toNanos();
    try {
      while (!gone && !up.isReady() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      gone = true;
    }
    if (gone || left <= 0) {
      up.cancel("the reader is gone", null);
      throw new Gone();
    }
  }

  @Override
  public void pause(Duration limit) throws Gone, InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (!gone && !woken && left > 0) {
        left = changed.awaitNanos(left);
      }
      woken = false;
      if (gone) {
        throw new Gone();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void complete() {
    try {
      up.onCompleted();
    } catch (IllegalStateException e) {
      leave();
    }
  }

  void fail(AgentFailure failure) {
    try {
      up.onNext(AgentAnswer.newBuilder().setFailure(failure).build());
      up.onCompleted();
    } catch (IllegalStateException e) {
      leave();
    }
  }
}
