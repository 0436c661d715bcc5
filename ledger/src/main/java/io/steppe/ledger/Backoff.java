package io.steppe.ledger;

/** Time between attempts: doubling from 20 ms to 1 s. */
final class Backoff {
  private static final long FIRST = 20;
  private static final long LONGEST = 1_000;

  private long next = FIRST;

  long nextMillis() {
    long delay = next;
    next = Math.min(LONGEST, next * 2);
    return delay;
  }

  void reset() {
    next = FIRST;
  }
}
