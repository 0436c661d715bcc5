package io.steppe.gateway.stream;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.steppe.gateway.service.CallFailures;
import io.steppe.http.stream.Item;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A stream from a service, read at the reader's own pace: what is on its way is bounded by the
 * credit given. Read by one thread.
 *
 * <p>It has no deadline: that its other end is alive is watched over by the channel.
 */
public final class Inflow<U, D> implements AutoCloseable {
  private final BlockingQueue<Item<D>> items = new LinkedBlockingQueue<>();
  private final IntFunction<U> credit;
  private final Runnable broken;
  private volatile ClientCallStreamObserver<U> up;
  private volatile boolean ready;
  private boolean closed;

  private Inflow(IntFunction<U> credit, Runnable broken) {
    this.credit = credit;
    this.broken = broken;
  }

  /**
   * Opens a stream.
   *
   * @param method the call
   * @param request its first message, credit included
   * @param credit makes messages that give more
   * @param broken told when the service ended the stream with an error, perhaps while the reader is
   *     busy elsewhere
   */
  public static <U, D> Inflow<U, D> open(
      Consumer<StreamObserver<D>> method, U request, IntFunction<U> credit, Runnable broken) {
    Inflow<U, D> inflow = new Inflow<>(credit, broken);
    method.accept(inflow.new Down(request));
    return inflow;
  }

  /** The next item; null when none came in time. */
  public Item<D> next(Duration longest) throws InterruptedException {
    return items.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Whether the service has been reached. */
  public boolean isReady() {
    return ready;
  }

  /** Gives credit back for bytes that went on to their reader. */
  public void taken(int bytes) {
    if (bytes > 0) {
      send(credit.apply(bytes));
    }
  }

  /** Sends a message besides; nothing after {@link #close}. */
  public synchronized void send(U message) {
    if (up != null && !closed) {
      up.onNext(message);
    }
  }

  /** Ends the stream; the service is told. */
  @Override
  public synchronized void close() {
    closed = true;
    if (up != null) {
      up.cancel("The reader is gone", null);
    }
  }

  private final class Down implements ClientResponseObserver<U, D> {
    private final U request;

    Down(U request) {
      this.request = request;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<U> call) {
      up = call;
      call.setOnReadyHandler(
          () -> {
            if (!ready) {
              send(request);
              ready = true;
            }
          });
    }

    @Override
    public void onNext(D message) {
      items.add(new Item.Message<>(message));
    }

    @Override
    public void onError(Throwable error) {
      items.add(new Item.Broken<>(CallFailures.of(error)));
      broken.run();
    }

    @Override
    public void onCompleted() {
      items.add(new Item.End<>());
    }
  }
}
