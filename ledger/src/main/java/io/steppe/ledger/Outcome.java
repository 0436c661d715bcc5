package io.steppe.ledger;

import io.steppe.rpc.Failure;
import java.util.List;

/** What a {@link Decision} comes to. */
public sealed interface Outcome<R> {
  /**
   * The changes to commit under one index, and the answer once they are.
   *
   * @param guards conditions on rows outside the log, checked inside the commit by the schema's
   *     {@code guard_v1}; when one fails the request fails with CONFLICT and nothing is changed
   */
  record Commit<R>(List<Change> changes, R result, List<String> guards) implements Outcome<R> {
    public Commit {
      changes = List.copyOf(changes);
      guards = List.copyOf(guards);
      if (changes.isEmpty()) {
        throw new IllegalArgumentException("a commit changes something; use Unchanged");
      }
    }

    public Commit(List<Change> changes, R result) {
      this(changes, result, List.of());
    }
  }

  /** Nothing to change; the answer is true at the view's index. */
  record Unchanged<R>(R result) implements Outcome<R> {}

  /** The request fails and changes nothing. */
  record Refused<R>(Failure failure) implements Outcome<R> {}
}
