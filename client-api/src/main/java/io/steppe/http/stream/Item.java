package io.steppe.http.stream;

import io.steppe.rpc.Failure;

/** What came of a stream: a message, or the end. */
public sealed interface Item<D> {
  /** A message. */
  record Message<D>(D message) implements Item<D> {}

  /** There is no more. */
  record End<D>() implements Item<D> {}

  /** The stream broke. */
  record Broken<D>(Failure failure) implements Item<D> {}
}
