package io.steppe.gateway.region;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.steppe.rpc.v1.ChangeBatch;
import io.steppe.rpc.v1.ChangesGrpc;
import io.steppe.rpc.v1.WatchUp;
import java.util.function.Consumer;

final class ChangesEndpoint extends ChangesGrpc.ChangesImplBase {
  private final Region region;

  ChangesEndpoint(Region region) {
    this.region = region;
  }

  @Override
  public StreamObserver<WatchUp> watch(StreamObserver<ChangeBatch> out) {
    ServerCallStreamObserver<ChangeBatch> down = (ServerCallStreamObserver<ChangeBatch>) out;
    Consumer<ChangeBatch> watcher = down::onNext;
    down.setOnCancelHandler(() -> region.watchers.remove(watcher));
    return new StreamObserver<>() {
      private boolean begun;

      @Override
      public void onNext(WatchUp up) {
        if (!begun) {
          begun = true;
          synchronized (region) {
            down.onNext(
                ChangeBatch.newBuilder().setIndex(region.index()).setEpoch(Region.EPOCH).build());
            region.watchers.add(watcher);
          }
        }
      }

      @Override
      public void onError(Throwable error) {
        region.watchers.remove(watcher);
      }

      @Override
      public void onCompleted() {
        region.watchers.remove(watcher);
        down.onCompleted();
      }
    };
  }
}
