package io.steppe.alloc.scheduler;

import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.Allocation;

/** Whether an allocation was asked to leave its node. */
public enum Leaving {
  /** It stays. */
  NO,
  /** As soon as its replacement has a place. */
  ONCE_PLACED,
  /** At once: somebody stopped it, or its node is to be empty by now. */
  NOW;

  /**
   * What holds for an allocation on a node. What a drain asked for counts only while that drain
   * lasts: one that was canceled, or replaced by another, asks for nothing.
   *
   * @param now Unix nanoseconds
   */
  public static Leaving of(Allocation allocation, NodeFacts node, long now) {
    var transition = allocation.getDesiredTransition();
    if (!transition.getMigrate()) {
      return NO;
    }
    if (transition.getDrainStartedAt() == 0) {
      return NOW;
    }
    return node.drain()
        .filter(drain -> drain.startedAt() == transition.getDrainStartedAt())
        .map(drain -> drain.overdue(now) ? NOW : ONCE_PLACED)
        .orElse(NO);
  }
}
