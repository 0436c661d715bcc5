package io.steppe.alloc.identity;

import io.smallrye.mutiny.Uni;
import io.steppe.rpc.v1.StoredKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The key that is to sign next, while it is made. On a busy machine that may take longer than a
 * call is waited for: who calls again finds it further on, where otherwise each call would begin
 * another and none would come to an end.
 */
final class NextKey {
  private final Supplier<StoredKey> make;
  private final Executor executor;
  private final AtomicReference<CompletableFuture<StoredKey>> making = new AtomicReference<>();

  /**
   * None is made yet.
   *
   * @param make takes a while
   * @param executor where it does
   */
  NextKey(Supplier<StoredKey> make, Executor executor) {
    this.make = make;
    this.executor = executor;
  }

  /** One that nobody else gets. Who stops waiting leaves it to the next. */
  Uni<StoredKey> take() {
    return Uni.createFrom().deferred(this::taken);
  }

  private Uni<StoredKey> taken() {
    CompletableFuture<StoredKey> key = underWay();
    return Uni.createFrom()
        .<StoredKey>emitter(
            emitter ->
                key.whenComplete(
                    (made, failure) -> {
                      if (failure == null) {
                        emitter.complete(made);
                      } else {
                        emitter.fail(failure);
                      }
                    }))
        .chain(made -> making.compareAndSet(key, null) ? Uni.createFrom().item(made) : this.take());
  }

  private CompletableFuture<StoredKey> underWay() {
    CompletableFuture<StoredKey> begun = new CompletableFuture<>();
    CompletableFuture<StoredKey> there = making.compareAndExchange(null, begun);
    if (there != null) {
      return there;
    }
    executor.execute(() -> finish(begun));
    return begun;
  }

  private void finish(CompletableFuture<StoredKey> begun) {
    try {
      begun.complete(make.get());
    } catch (RuntimeException e) {
      making.compareAndSet(begun, null);
      begun.completeExceptionally(e);
    }
  }
}
