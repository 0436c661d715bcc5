package io.steppe.gateway.answer;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Checks of the same thing, made once for all who ask at the same time. A request never joins a
 * check that started before it arrived, so what it is told was true after it asked: while one check
 * runs, those who come gather for the next.
 */
public final class SharedChecks<V> {
  private final Map<String, Line<V>> lines = new ConcurrentHashMap<>();

  /**
   * The outcome of a check that starts from now on; waits for it. What the check throws is thrown
   * to all who share it.
   */
  public V get(String key, Supplier<V> check) {
    Place<V> place = take(key);
    if (place.leads()) {
      if (place.before() != null) {
        place.before().handle((value, error) -> null).join();
      }
      lead(key, place.turn(), check);
    }
    try {
      return place.turn().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void lead(String key, CompletableFuture<V> turn, Supplier<V> check) {
    try {
      V value = check.get();
      leave(key);
      turn.complete(value);
    } catch (RuntimeException | Error e) {
      leave(key);
      turn.completeExceptionally(e);
    }
  }

  private Place<V> take(String key) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    Line<V> line =
        lines.compute(
            key,
            (k, now) -> {
              if (now == null) {
                return new Line<>(mine, null);
              }
              return now.next() == null ? new Line<>(now.running(), mine) : now;
            });
    if (line.running() == mine) {
      return new Place<>(mine, true, null);
    }
    return new Place<>(line.next(), line.next() == mine, line.running());
  }

  /** The next check runs once this one has left; those who come later gather behind it. */
  private void leave(String key) {
    lines.computeIfPresent(
        key, (k, now) -> now.next() == null ? null : new Line<>(now.next(), null));
  }

  private record Line<V>(CompletableFuture<V> running, CompletableFuture<V> next) {}

  private record Place<V>(CompletableFuture<V> turn, boolean leads, CompletableFuture<V> before) {}
}
