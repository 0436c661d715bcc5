package io.steppe.gateway.event;

import io.steppe.http.stream.Outflow;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A client that reads the end of a stream with others. Used on the loop of its connection. */
final class Share {
  private final CompletableFuture<Tail.Found> left = new CompletableFuture<>();
  private final Outflow out;
  private volatile long next;
  private volatile long waitingSince;
  private long writtenAt;

  /**
   * @param next the index it needs next
   */
  Share(Outflow out, long next) {
    this.out = out;
    this.next = next;
    this.writtenAt = System.nanoTime();
  }

  /** The index it needs next. May be called from any thread. */
  long next() {
    return next;
  }

  /** Since when it takes nothing, by {@link System#nanoTime}; 0 while it does. From any thread. */
  long waitingSince() {
    return waitingSince;
  }

  /** When it was given something last, by {@link System#nanoTime}. */
  long writtenAt() {
    return writtenAt;
  }

  boolean isWaiting() {
    return waitingSince != 0;
  }

  /** Gives it bytes. Where it does not take them at once, it is called again when it did. */
  void give(Buffer bytes, long nextIndex, Runnable again) {
    next = nextIndex;
    writtenAt = System.nanoTime();
    if (!out.offer(bytes)) {
      waitingSince = writtenAt;
      out.onRoom(
          () -> {
            waitingSince = 0;
            again.run();
          });
    }
  }

  /** It does not read with the others any more. */
  void leave(Tail.Found why) {
    left.complete(why);
  }

  /** Waits until it does not read with the others any more; why. */
  Tail.Found await() throws InterruptedException {
    try {
      return left.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Nobody fails it", e);
    }
  }
}
