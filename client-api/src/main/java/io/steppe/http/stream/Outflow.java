package io.steppe.http.stream;

import io.netty.channel.EventLoop;
import io.steppe.http.ContentTypes;
import io.steppe.http.Edge;
import io.steppe.http.Gzip;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * An answer written piece by piece from a virtual thread: a piece is written when the one before
 * has gone to the socket, so a reader that stalls stalls its writer and nobody else.
 */
public final class Outflow {
  private final RoutingContext routing;
  private final HttpServerResponse response;
  private final Context context = Vertx.currentContext();
  private final String contentType;
  private final boolean untilClosed;
  private final boolean chunked;
  private final Optional<Gzip.Stream> gzip;
  private boolean begun;
  private volatile Runnable lost = this::abort;

  private Outflow(
      RoutingContext routing, String contentType, boolean chunked, boolean untilClosed) {
    this.routing = routing;
    this.contentType = contentType;
    this.chunked = chunked;
    this.untilClosed = untilClosed && routing.request().version() != HttpVersion.HTTP_2;
    response = routing.response();
    gzip =
        chunked && Request.of(routing).acceptsGzip()
            ? Optional.of(new Gzip.Stream())
            : Optional.empty();
  }

  /** An answer that is written at once. Made on the event loop. */
  public static Outflow whole(RoutingContext routing, String contentType) {
    return new Outflow(routing, contentType, false, false);
  }

  /**
   * An answer written piece by piece as it is, whose length its headers tell. Made on the event
   * loop.
   */
  public static Outflow plain(RoutingContext routing, String contentType) {
    return new Outflow(routing, contentType, false, false);
  }

  /** An answer in chunks, compressed where the client takes it. Made on the event loop. */
  public static Outflow chunked(RoutingContext routing, String contentType) {
    return new Outflow(routing, contentType, true, false);
  }

  /**
   * An answer that ends with its connection, neither chunked nor compressed. Made on the event
   * loop.
   */
  public static Outflow untilClosed(RoutingContext routing, String contentType) {
    return new Outflow(routing, contentType, false, true);
  }

  /** Sends the status, when there is nothing to write yet. */
  public void begin() throws InterruptedException, ClosedChannelException {
    if (!begun) {
      write(new byte[0]);
    }
  }

  /** Writes a piece, the status before the first. Returns when it has gone to the socket. */
  public void write(byte[] piece) throws InterruptedException, ClosedChannelException {
    byte[] bytes = gzip.map(stream -> stream.add(piece)).orElse(piece);
    prepare();
    onLoop(() -> response.write(Buffer.buffer(bytes)));
  }

  /**
   * Writes a piece whose bytes others may share; only for an answer that ends with its connection.
   */
  public void write(Buffer piece) throws InterruptedException, ClosedChannelException {
    prepare();
    onLoop(() -> response.write(piece));
  }

  /** The loop that writes it. */
  public EventLoop loop() {
    return ((ContextInternal) context).nettyEventLoop();
  }

  /**
   * Writes a piece whose bytes others may share, on the loop and without waiting; only for an
   * answer that ends with its connection and has begun.
   *
   * @return whether it can take another at once
   */
  public boolean offer(Buffer piece) {
    if (response.closed() || response.ended()) {
      return false;
    }
    response.write(piece);
    return !response.writeQueueFull();
  }

  /** Calls back, on the loop and once, when it can take another piece. */
  public void onRoom(Runnable action) {
    response.drainHandler(
        room -> {
          response.drainHandler(null);
          action.run();
        });
  }

  /** Writes the whole answer, compressed if the client takes it so. */
  public void whole(byte[] plain) throws InterruptedException, ClosedChannelException {
    boolean compress = Request.of(routing).acceptsGzip();
    byte[] bytes = compress ? Gzip.of(plain) : plain;
    prepare();
    if (compress) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    onLoop(() -> response.end(Buffer.buffer(bytes)));
  }

  /** Answers that it is done, with nothing to say: no body, and so no type of one. */
  public void nothing() throws InterruptedException, ClosedChannelException {
    admitted();
    begun = true;
    response.putHeader(HttpHeaders.VARY, "Accept-Encoding");
    onLoop(response::end);
  }

  /** Ends an answer that its client may not see: one without anything in it. */
  public void denied() throws InterruptedException, ClosedChannelException {
    Request.of(routing).refused();
    end();
  }

  /** Ends the answer. */
  public void end() throws InterruptedException, ClosedChannelException {
    byte[] bytes = gzip.map(Gzip.Stream::end).orElse(new byte[0]);
    prepare();
    try {
      onLoop(() -> response.end(Buffer.buffer(bytes)));
    } finally {
      if (untilClosed) {
        abort();
      }
    }
  }

  /**
   * Ends an answer that its reader does not take, and the connection after a grace: only a reader
   * that goes on by then sees what was said last. May be called from any thread.
   */
  public void cut(byte[] last, Duration grace) {
    context.runOnContext(
        nothing -> {
          if (response.closed() || response.ended()) {
            return;
          }
          if (last.length > 0) {
            response.write(Buffer.buffer(last));
          }
          context.owner().setTimer(grace.toMillis(), timer -> drop());
        });
  }

  /** What is to be done when its reader may read it no more, in place of an abrupt end. */
  public void onLost(Runnable action) {
    lost = action;
  }

  /** Ends it, since its reader may read it no more. May be called from any thread. */
  void lose() {
    lost.run();
  }

  /**
   * Ends an answer that ends with its connection at once, with what is said last. May be called
   * from any thread.
   */
  public void finish(byte[] last) {
    context.runOnContext(
        nothing -> {
          if (!response.closed() && !response.ended() && response.headWritten()) {
            response.end(Buffer.buffer(last));
          }
          abort();
        });
  }

  /** Ends the connection, so that the client sees that the answer is not whole. */
  public void abort() {
    routing.request().connection().close();
  }

  /** Closing as usual waits until all was written, which is not for a reader that takes nothing. */
  private void drop() {
    if (routing.request().connection() instanceof ConnectionBase connection) {
      connection.channelHandlerContext().close();
    } else {
      abort();
    }
  }

  /** Answers with a status instead, if none has gone out yet. */
  public void refuse(Refusal refusal) {
    if (begun) {
      abort();
    } else {
      context.runOnContext(nothing -> Edge.refuse(routing, refusal));
    }
  }

  private void prepare() {
    if (begun) {
      return;
    }
    admitted();
    begun = true;
    response
        .setChunked(chunked || untilClosed)
        .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
        .putHeader(HttpHeaders.VARY, "Accept-Encoding");
    if (contentType.equals(ContentTypes.TEXT)) {
      // What tasks wrote is never more than text to a browser.
      response.putHeader("X-Content-Type-Options", "nosniff");
    }
    if (gzip.isPresent()) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    if (untilClosed) {
      response.putHeader(HttpHeaders.CONNECTION, "close");
      // Vert.x writes without a length only what is chunked; the header that says so is not for the
      // client.
      response.headersEndHandler(
          headers -> response.headers().remove(HttpHeaders.TRANSFER_ENCODING));
    }
  }

  /** Nothing is written before somebody looked whether the client may see it. */
  private void admitted() {
    if (response.getStatusCode() < 300 && !Request.of(routing).isAdmitted()) {
      throw new IllegalStateException("Nobody looked whether the caller may have it");
    }
  }

  private void onLoop(Supplier<Future<Void>> write)
      throws InterruptedException, ClosedChannelException {
    CompletableFuture<Void> written = new CompletableFuture<>();
    context.runOnContext(
        nothing -> {
          if (response.closed() || response.ended()) {
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
