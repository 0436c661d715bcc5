package io.steppe.ledger;

import java.time.Instant;

/**
 * What a request makes of the state: a pure function, called again with a newer view when another
 * writer was first.
 *
 * @param <V> the view it decides against
 * @param <R> what the caller gets
 */
@FunctionalInterface
public interface Decision<V extends View<V>, R> {
  /**
   * @param view the state at {@code index - 1}, earlier requests of the same batch included
   * @param index the index this request has if it changes anything
   * @param now the time to write into objects
   */
  Outcome<R> decide(V view, long index, Instant now);
}
