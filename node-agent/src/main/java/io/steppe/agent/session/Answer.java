package io.steppe.agent.session;

import io.steppe.rpc.Frames;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ExecInput;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One answer on its way: never more bytes than the reader gave credit for. */
public final class Answer implements FrameSink {
  private static final int FRAME_BYTES = 64 << 10;

  /**
   * Frames without bytes wait here for the connection, which is never slower than this unless it is
   * dead.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Inputs inputs = new Inputs();
  private final Outlet outlet;
  private long credit;
  private boolean gone;
  private boolean woken;

  Answer(Outlet outlet, long credit) {
    this.outlet = outlet;
    this.credit = credit;
  }

  /** The reader takes so many bytes more. */
  public void credit(long bytes) {
    lock.lock();
    try {
      credit += bytes;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The reader sends something to the command it runs. */
  public void input(ExecInput input) {
    lock.lock();
    try {
      if (!inputs.add(input)) {
        gone = true;
        outlet.cancel();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The reader is gone. */
  public void leave() {
    lock.lock();
    try {
      gone = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The outlet may be ready again. */
  public void outletReady() {
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
      while (!gone && (credit <= 0 || !outlet.isReady())) {
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
      credit -= Frames.bytes(frame);
      outlet.frame(frame);
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
      while (!gone && !outlet.isReady() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      gone = true;
    }
    if (gone || left <= 0) {
      outlet.cancel();
      throw new Gone();
    }
  }

  @Override
  public Optional<ExecInput> nextInput(Duration longest) throws Gone, InterruptedException {
    lock.lock();
    try {
      long left = longest.toNanos();
      while (!gone) {
        Optional<ExecInput> next = inputs.poll();
        if (next.isPresent() || left <= 0) {
          return next;
        }
        left = changed.awaitNanos(left);
      }
      throw new Gone();
    } finally {
      lock.unlock();
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
}
