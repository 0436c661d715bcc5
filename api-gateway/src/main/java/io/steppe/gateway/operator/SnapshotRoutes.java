package io.steppe.gateway.operator;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.steppe.gateway.service.CallFailures;
import io.steppe.gateway.service.Services;
import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.stream.Outflow;
import io.steppe.http.stream.Streams;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.RestoreSnapshotReply;
import io.steppe.rpc.v1.SaveSnapshotRequest;
import io.steppe.rpc.v1.SnapshotPiece;
import io.steppe.rpc.v1.SnapshotsGrpc;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code /v1/operator/snapshot}: the whole region as an archive, and back. An archive passes
 * through, piece by piece.
 */
@ApplicationScoped
public class SnapshotRoutes {
  private static final Duration LONGEST = Duration.ofMinutes(30);
  private static final int PIECE = 256 << 10;

  /** Pieces of a body that wait to go on; more are not read from the socket. */
  private static final int WAITING = 16;

  private static final String GZIP = "application/x-gzip";

  private final Services services;
  private final Streams streams;

  SnapshotRoutes(Services services, Streams streams) {
    this.services = services;
    this.streams = streams;
  }

  void register(@Observes Router router) {
    router.route("/v1/operator/snapshot").handler(this::snapshot);
  }

  private void snapshot(RoutingContext routing) {
    Request request = Request.of(routing);
    switch (request.isMethodRefused() ? "" : routing.request().method().name()) {
      case "GET" -> {
        Outflow out = Outflow.plain(routing, GZIP);
        streams.run(
            routing,
            out,
            SnapshotRoutes::refusal,
            () -> {
              request.check(OperatorRoute.SNAPSHOT_SAVE);
              save(request, routing, out);
            });
      }
      case "PUT", "POST" -> {
        Body body = new Body(routing.request());
        Outflow out = Outflow.whole(routing, GZIP);
        streams.run(
            routing,
            out,
            SnapshotRoutes::restoreRefusal,
            () -> {
              request.check(OperatorRoute.SNAPSHOT_RESTORE);
              restore(request, body);
              out.nothing();
            });
      }
      default -> {
        routing.request().resume();
        Edge.refuse(routing, Refusal.invalidMethod());
      }
    }
  }

  private static Refusal refusal(Failure failure) {
    return new Refusal(500, failure.getMessage());
  }

  private static Refusal restoreRefusal(Failure failure) {
    return failure.kind() == Kind.INVALID
        ? new Refusal(500, "failed to restore from snapshot: " + failure.getMessage())
        : refusal(failure);
  }

  private void save(Request request, RoutingContext routing, Outflow out)
      throws InterruptedException, ClosedChannelException {
    try {
      Iterator<SnapshotPiece> pieces =
          SnapshotsGrpc.newBlockingStub(services.events())
              .withDeadlineAfter(LONGEST.toMillis(), TimeUnit.MILLISECONDS)
              .save(SaveSnapshotRequest.newBuilder().setCaller(request.caller()).build());
      while (pieces.hasNext()) {
        SnapshotPiece piece = pieces.next();
        if (piece.hasInfo()) {
          byte[] digest = piece.getInfo().getDigest().toByteArray();
          routing
              .response()
              .putHeader("Digest", "sha-256=" + Base64.getEncoder().encodeToString(digest))
              .putHeader("X-Nomad-Index", Long.toUnsignedString(piece.getInfo().getIndex()))
              .putHeader("Content-Length", Long.toUnsignedString(piece.getInfo().getBytes()));
        } else {
          out.write(piece.getData().toByteArray());
        }
      }
      out.end();
    } catch (StatusRuntimeException e) {
      throw CallFailures.of(e);
    }
  }

  private void restore(Request request, Body body) throws InterruptedException {
    Upload upload = new Upload();
    try {
      restore(request, body, upload);
    } catch (InterruptedException e) {
      upload.cancel();
      throw e;
    }
  }

  private void restore(Request request, Body body, Upload upload) throws InterruptedException {
    SnapshotsGrpc.newStub(services.events())
        .withDeadlineAfter(LONGEST.toMillis(), TimeUnit.MILLISECONDS)
        .restore(upload);
    upload.send(SnapshotPiece.newBuilder().setCaller(request.caller()).build());
    if (request.query().bool("keep_sealed", false)) {
      upload.send(SnapshotPiece.newBuilder().setKeepSealed(true).build());
    }
    for (Optional<Buffer> next = body.next(); next.isPresent(); next = body.next()) {
      byte[] bytes = next.get().getBytes();
      for (int from = 0; from < bytes.length; from += PIECE) {
        int length = Math.min(PIECE, bytes.length - from);
        upload.send(
            SnapshotPiece.newBuilder()
                .setData(UnsafeByteOperations.unsafeWrap(bytes, from, length))
                .build());
      }
    }
    upload.finish();
  }

  /** A body read no faster than it is taken. Made on the event loop. */
  private static final class Body {
    private final BlockingQueue<Optional<Buffer>> pieces = new LinkedBlockingQueue<>();
    private final HttpServerRequest request;

    Body(HttpServerRequest request) {
      this.request = request;
      request.handler(
          piece -> {
            pieces.add(Optional.of(piece));
            if (pieces.size() >= WAITING) {
              request.pause();
            }
          });
      request.endHandler(end -> pieces.add(Optional.empty()));
      request.resume();
    }

    Optional<Buffer> next() throws InterruptedException {
      Optional<Buffer> piece = pieces.take();
      if (pieces.size() < WAITING / 2) {
        request.resume();
      }
      return piece;
    }
  }

  /** An archive on its way to event-service. */
  private static final class Upload
      implements ClientResponseObserver<SnapshotPiece, RestoreSnapshotReply> {
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Object changed = new Object();
    private ClientCallStreamObserver<SnapshotPiece> up;

    @Override
    public void beforeStart(ClientCallStreamObserver<SnapshotPiece> call) {
      up = call;
      call.setOnReadyHandler(this::wake);
    }

    void send(SnapshotPiece piece) throws InterruptedException {
      synchronized (changed) {
        while (!up.isReady() && !done.isDone()) {
          changed.wait();
        }
      }
      if (!done.isDone()) {
        up.onNext(piece);
      }
    }

    void finish() throws InterruptedException {
      if (!done.isDone()) {
        up.onCompleted();
      }
      try {
        done.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        throw CallFailures.of(e.getCause());
      } catch (TimeoutException e) {
        throw Failure.unavailable("event-service did not answer");
      }
    }

    void cancel() {
      up.cancel("The client is gone", null);
    }

    private void wake() {
      synchronized (changed) {
        changed.notifyAll();
      }
    }

    @Override
    public void onNext(RestoreSnapshotReply reply) {
      // That it ends well is all that is asked.
    }

    @Override
    public void onError(Throwable error) {
      done.completeExceptionally(error);
      wake();
    }

    @Override
    public void onCompleted() {
      done.complete(null);
      wake();
    }
  }
}
