package io.steppe.clientapi;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The WebSocket of a client: what it sends waits here, and the socket is not read while too much
 * does; what it gets is written piece by piece, each when the one before has gone to the socket.
 */
final class Terminal {
  /** The client has all it asked for. */
  static final short DONE = 1000;

  /** The client asked for what it can't have. */
  static final short REFUSED = 1008;

  /** What it asked for went wrong. */
  static final short FAILED = 1011;

  private static final Logger LOG = Logger.getLogger(Terminal.class);
  private static final int MOST_WAITING = 64 << 10;

  /** Room for the text in a close frame. */
  private static final int REASON_BYTES = 123;

  private final ServerWebSocket socket;
  private final Context context = Vertx.currentContext();
  private final BlockingQueue<Optional<Buffer>> messages = new LinkedBlockingQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * A terminal. Made on the event loop.
   *
   * @param gone called when the client is
   */
  Terminal(ServerWebSocket socket, Runnable gone) {
    this.socket = socket;
    socket.textMessageHandler(text -> arrived(Buffer.buffer(text)));
    socket.binaryMessageHandler(this::arrived);
    socket.exceptionHandler(error -> LOG.debugf(error, "A WebSocket broke"));
    socket.closeHandler(
        closed -> {
          messages.add(Optional.empty());
          gone.run();
        });
  }

  private void arrived(Buffer message) {
    messages.add(Optional.of(message));
    if (waiting.addAndGet(message.length()) > MOST_WAITING) {
      socket.pause();
    }
  }

  /**
   * The next message; waits for it.
   *
   * @throws ClosedChannelException when the client is gone
   */
  byte[] next() throws InterruptedException, ClosedChannelException {
    Buffer message = messages.take().orElseThrow(ClosedChannelException::new);
    int before = waiting.getAndAdd(-message.length());
    if (before > MOST_WAITING && before - message.length() <= MOST_WAITING) {
      context.runOnContext(nothing -> socket.resume());
    }
    return message.getBytes();
  }

  /** Writes a message. Returns when it has gone to the socket. */
  void write(byte[] json) throws InterruptedException, ClosedChannelException {
    String text = new String(json, StandardCharsets.UTF_8);
    onLoop(() -> socket.writeTextMessage(text));
  }

  /** Has the client show that it is there. */
  void ping() throws InterruptedException, ClosedChannelException {
    onLoop(() -> socket.writePing(Buffer.buffer()));
  }

  /** Says goodbye. */
  void close(short code, String why) {
    context.runOnContext(
        nothing -> {
          if (!socket.isClosed()) {
            socket.close(code, cut(why));
          }
        });
  }

  private static String cut(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int end = Math.min(bytes.length, REASON_BYTES);
    while (end > 0 && end < bytes.length && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(Arrays.copyOf(bytes, end), StandardCharsets.UTF_8);
  }

  private void onLoop(Supplier<Future<Void>> write)
      throws InterruptedException, ClosedChannelException {
    CompletableFuture<Void> written = new CompletableFuture<>();
    context.runOnContext(
        nothing -> {
          if (socket.isClosed()) {
            written.completeExceptionally(new ClosedChannelException());
            return;
          }
          write.get().onSuccess(written::complete).onFailure(written::completeExceptionally);
        });
    try {
      written.get();
    } catch (ExecutionException e) {
      throw new ClosedChannelException();
    }
  }
}
