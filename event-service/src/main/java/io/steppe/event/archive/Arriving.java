package io.steppe.event.archive;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.RestoreSnapshotReply;
import io.steppe.rpc.v1.SnapshotPiece;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** An archive that arrives piece by piece, each taken when the one before is on the disk. */
final class Arriving implements StreamObserver<SnapshotPiece> {
  private static final Logger LOG = Logger.getLogger(Arriving.class);

  /**
   * What is asked for.
   *
   * @param keepSealed although its secrets can't be opened here
   * @param file the archive
   */
  record Restore(Caller caller, boolean keepSealed, Path file) {}

  private final ServerCallStreamObserver<RestoreSnapshotReply> reply;
  private final Consumer<Restore> whole;

  /** One after another: pieces, then the end. */
  private final ExecutorService disk =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("restore-snapshot").factory());

  private Caller caller = Caller.getDefaultInstance();
  private boolean keepSealed;
  private Path file;
  private OutputStream out;

  /**
   * @param whole called with the file once all of it is there; the file goes afterwards
   */
  Arriving(ServerCallStreamObserver<RestoreSnapshotReply> reply, Consumer<Restore> whole) {
    this.reply = reply;
    this.whole = whole;
    reply.disableAutoRequest();
    reply.request(1);
    reply.setOnCancelHandler(() -> onError(null));
  }

  @Override
  public void onNext(SnapshotPiece piece) {
    disk.execute(
        () -> {
          try {
            take(piece);
            reply.request(1);
          } catch (IOException e) {
            LOG.errorf(e, "An archive can't be written down");
            discard();
            reply.onError(Failure.unavailable("the archive can't be written down").toStatus());
          }
        });
  }

  private void take(SnapshotPiece piece) throws IOException {
    switch (piece.getPieceCase()) {
      case CALLER -> caller = piece.getCaller();
      case KEEP_SEALED -> keepSealed = piece.getKeepSealed();
      case DATA -> {
        if (out == null) {
          file = Files.createTempFile("steppe-", ".snap");
          out = Files.newOutputStream(file);
        }
        piece.getData().writeTo(out);
      }
      case INFO, PIECE_NOT_SET -> LOG.debug("A piece without anything to keep");
    }
  }

  @Override
  public void onError(Throwable error) {
    if (!disk.isShutdown()) {
      disk.execute(this::discard);
      disk.shutdown();
    }
  }

  @Override
  public void onCompleted() {
    disk.execute(
        () -> {
          if (file == null) {
            reply.onError(Failure.invalid("it is empty").toStatus());
          } else {
            whole.accept(new Restore(caller, keepSealed, file));
          }
          discard();
        });
    disk.shutdown();
  }

  private void discard() {
    try {
      if (out != null) {
        out.close();
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.warnf("%s could not be removed: %s", file, e.getMessage());
    }
  }
}
