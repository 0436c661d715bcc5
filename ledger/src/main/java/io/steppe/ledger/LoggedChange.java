package io.steppe.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * A change in the log.
 *
 * @param index the index all changes of its request share
 * @param ordinal its place among them, from 0
 * @param at when it was committed, where the log was read with times: by ledgers without objects,
 *     and their readers
 */
public record LoggedChange(long index, int ordinal, Change change, Optional<Instant> at) {
  /** A change without a time. */
  public LoggedChange(long index, int ordinal, Change change) {
    this(index, ordinal, change, Optional.empty());
  }
}
