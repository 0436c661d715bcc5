package io.steppe.query;

/** An expression made ready to be asked many times. */
interface Condition {
  /** Whether it holds. */
  boolean holds(Scope scope);
}
