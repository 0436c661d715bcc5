package io.steppe.node.peer;

import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Uni;
import java.util.function.Consumer;

/** A call with one answer. */
public final class Ask {
  private Ask() {}

  /** Makes the call when somebody waits for its answer. */
  public static <T> Uni<T> of(Consumer<StreamObserver<T>> call) {
    return Uni.createFrom()
        .emitter(
            emitter ->
                call.accept(
                    new StreamObserver<>() {
                      @Override
                      public void onNext(T reply) {
                        emitter.complete(reply);
                      }

                      @Override
                      public void onError(Throwable error) {
                        emitter.fail(error);
                      }

                      @Override
                      public void onCompleted() {}
                    }));
  }
}
