package io.steppe.alloc.scheduler.reconcile;

/** What separates an allocation from its job as it is now. */
public enum Difference {
  /** Nothing. */
  NONE,
  /** The job changed, but its tasks can go on. */
  IN_PLACE,
  /** The tasks have to be started anew. */
  DESTRUCTIVE
}
