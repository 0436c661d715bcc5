package io.steppe.event.archive;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.event.service.EventSettings;
import io.steppe.ledger.seal.SealKeys;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.RestoreSnapshotReply;
import io.steppe.rpc.v1.SaveSnapshotRequest;
import io.steppe.rpc.v1.SnapshotInfo;
import io.steppe.rpc.v1.SnapshotPiece;
import io.steppe.rpc.v1.SnapshotsGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/** Archives of the region, as calls. One is made or read at a time. */
@GrpcService
public class SnapshotsEndpoint extends SnapshotsGrpc.SnapshotsImplBase {
  private static final Logger LOG = Logger.getLogger(SnapshotsEndpoint.class);
  private static final int PIECE = 256 << 10;

  private final Saving saving;
  private final Restoring restoring;
  private final Semaphore free = new Semaphore(1);

  public SnapshotsEndpoint(DataSource database, EventSettings settings) {
    ArchiveSeal seal = new ArchiveSeal(SealKeys.of(settings.seal().keys().orElse(List.of())));
    saving = new Saving(database, settings.region(), seal);
    restoring = new Restoring(database, settings.region(), seal);
  }

  @Override
  public void save(SaveSnapshotRequest request, StreamObserver<SnapshotPiece> reply) {
    var pieces = new Pieces((ServerCallStreamObserver<SnapshotPiece>) reply);
    Thread.ofVirtual()
        .name("save-snapshot")
        .start(
            () -> {
              try {
                Callers.required(request.getCaller());
                exclusively(() -> save(pieces));
                reply.onCompleted();
              } catch (InterruptedException e) {
                LOG.debug("Nobody reads the archive any more");
              } catch (Exception e) {
                reply.onError(failure(e, "saved").toStatus());
              }
            });
  }

  private void save(Pieces pieces) throws SQLException, IOException, InterruptedException {
    try (Archive archive = saving.save();
        InputStream in = archive.open()) {
      LOG.infof("The region was saved at index %d, %d bytes", archive.index(), archive.bytes());
      pieces.send(
          SnapshotPiece.newBuilder()
              .setInfo(
                  SnapshotInfo.newBuilder()
                      .setIndex(archive.index())
                      .setDigest(ByteString.copyFrom(archive.digest()))
                      .setBytes(archive.bytes()))
              .build());
      for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
        pieces.send(
            SnapshotPiece.newBuilder().setData(UnsafeByteOperations.unsafeWrap(piece)).build());
      }
    }
  }

  @Override
  public StreamObserver<SnapshotPiece> restore(StreamObserver<RestoreSnapshotReply> reply) {
    return new Arriving(
        (ServerCallStreamObserver<RestoreSnapshotReply>) reply,
        asked -> {
          try {
            Caller caller = Callers.required(asked.caller());
            exclusively(
                () -> {
                  Restoring.Restored restored = restoring.restore(asked.file(), asked.keepSealed());
                  LOG.warnf(
                      "The region was restored for %s: index %d, epoch %d",
                      caller.getAccessorId(), restored.index(), restored.epoch());
                  reply.onNext(
                      RestoreSnapshotReply.newBuilder()
                          .setIndex(restored.index())
                          .setEpoch(restored.epoch())
                          .build());
                });
            reply.onCompleted();
          } catch (Exception e) {
            reply.onError(failure(e, "restored").toStatus());
          }
        });
  }

  private interface Work {
    void run() throws Exception;
  }

  private void exclusively(Work work) throws Exception {
    if (!free.tryAcquire()) {
      throw Failure.unavailable("another archive is being made or read");
    }
    try {
      work.run();
    } finally {
      free.release();
    }
  }

  private static Failure failure(Exception error, String done) {
    return switch (error) {
      case Failure failure -> failure;
      case ArchiveFile.Damaged damaged -> Failure.invalid(damaged.getMessage());
      case SQLException sql -> {
        LOG.errorf(sql, "The region can't be %s", done);
        yield Failure.unavailable("PostgreSQL refused; the log of event-service says more");
      }
      default -> {
        LOG.errorf(error, "The region can't be %s", done);
        yield Failure.unavailable("the archive could not be written or read");
      }
    };
  }

  /** Sends as fast as they are taken. */
  private static final class Pieces {
    private final ServerCallStreamObserver<SnapshotPiece> reply;
    private final Object changed = new Object();

    Pieces(ServerCallStreamObserver<SnapshotPiece> reply) {
      this.reply = reply;
      reply.setOnReadyHandler(this::wake);
      reply.setOnCancelHandler(this::wake);
    }

    private void wake() {
      synchronized (changed) {
        changed.notifyAll();
      }
    }

    void send(SnapshotPiece piece) throws InterruptedException {
      synchronized (changed) {
        while (!reply.isReady() && !reply.isCancelled()) {
          changed.wait();
        }
      }
      if (reply.isCancelled()) {
        throw new InterruptedException(Status.CANCELLED.getCode().name());
      }
      reply.onNext(piece);
    }
  }
}
