package io.steppe.diagnostics;

import io.grpc.stub.ServerCallStreamObserver;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Frames;
import io.steppe.rpc.v1.ClientFrame;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A listener in another process: takes as many bytes as it gave credit for. */
final class RemoteListener implements Listener {
  private static final int FRAME_BYTES = 64 << 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ServerCallStreamObserver<ClientFrame> frames;
  private long credit;
  private boolean over;

  RemoteListener(ServerCallStreamObserver<ClientFrame> frames) {
    this.frames = frames;
    frames.setOnReadyHandler(() -> credit(0));
    frames.setOnCancelHandler(this::leave);
  }

  void credit(int bytes) {
    lock.lock();
    try {
      credit += Integer.toUnsignedLong(bytes);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void fail(Failure failure) {
    lock.lock();
    try {
      if (!over) {
        over = true;
        frames.onError(failure.toStatus());
      }
    } finally {
      lock.unlock();
    }
  }

  void complete() {
    lock.lock();
    try {
      if (!over) {
        over = true;
        frames.onCompleted();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int room() throws Gone, InterruptedException {
    lock.lock();
    try {
      while (!over && (credit <= 0 || !frames.isReady())) {
        changed.await();
      }
      checkHeld();
      return (int) Math.min(credit, FRAME_BYTES);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void send(ClientFrame frame) throws Gone {
    lock.lock();
    try {
      checkHeld();
      credit -= Frames.bytes(frame);
      frames.onNext(frame);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void check() throws Gone {
    lock.lock();
    try {
      checkHeld();
    } finally {
      lock.unlock();
    }
  }

  private void checkHeld() throws Gone {
    if (over) {
      throw new Gone();
    }
  }
}
