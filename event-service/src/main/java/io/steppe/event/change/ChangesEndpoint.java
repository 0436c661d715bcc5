package io.steppe.event.change;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.rpc.v1.ChangeBatch;
import io.steppe.rpc.v1.ChangesGrpc;
import io.steppe.rpc.v1.WatchUp;

/** The feed of what changed. */
@GrpcService
public class ChangesEndpoint extends ChangesGrpc.ChangesImplBase {
  private final ChangeHub hub;

  public ChangesEndpoint(ChangeHub hub) {
    this.hub = hub;
  }

  @Override
  public StreamObserver<WatchUp> watch(StreamObserver<ChangeBatch> batches) {
    return new Reader((ServerCallStreamObserver<ChangeBatch>) batches);
  }

  private final class Reader implements StreamObserver<WatchUp>, ChangeHub.Sink {
    private final ServerCallStreamObserver<ChangeBatch> batches;
    private ChangeHub.Watcher watcher;

    Reader(ServerCallStreamObserver<ChangeBatch> batches) {
      this.batches = batches;
      batches.setOnCancelHandler(this::gone);
    }

    @Override
    public void onNext(WatchUp up) {
      long credit = Integer.toUnsignedLong(up.getCredit());
      if (watcher == null) {
        watcher = new ChangeHub.Watcher(up.getAfterIndex(), credit, this);
        hub.watch(watcher);
      } else {
        hub.credit(watcher, credit);
      }
    }

    @Override
    public void onError(Throwable error) {
      gone();
    }

    @Override
    public void onCompleted() {
      if (watcher == null) {
        batches.onCompleted();
      }
    }

    @Override
    public void batch(ChangeBatch batch) {
      if (!batches.isCancelled()) {
        batches.onNext(batch);
      }
    }

    @Override
    public void end(Status status) {
      if (!batches.isCancelled()) {
        batches.onError(status.asRuntimeException());
      }
    }

    private void gone() {
      if (watcher != null) {
        hub.cancel(watcher);
      }
    }
  }
}
