package io.steppe.alloc.drain;

import java.util.Set;

/**
 * What the drains of nodes mean to one job at a moment.
 *
 * @param leave ids of allocations that are to leave now
 * @param evaluate whether the job has to be evaluated although nothing more is to leave: what was
 *     asked to leave before goes now, whatever room there is
 * @param next when the job is worth another look though nothing changed, Unix nanoseconds; {@link
 *     Long#MAX_VALUE} for never
 * @param over whether the job has nothing left on draining nodes
 */
record Draining(Set<String> leave, boolean evaluate, long next, boolean over) {
  Draining {
    leave = Set.copyOf(leave);
  }

  /** Whether anything is to be written. */
  boolean changes() {
    return evaluate || !leave.isEmpty();
  }
}
