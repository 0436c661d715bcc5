package io.steppe.alloc.scheduler.fleet;

import io.steppe.proto.v1.DrainStrategy;
import io.steppe.proto.v1.Node;
import java.util.Optional;

/**
 * A node that is being emptied.
 *
 * @param startedAt Unix nanoseconds, never 0: tells one drain of a node from another
 * @param until when all that is left has to go, Unix nanoseconds; {@link #NEVER} for no such time
 * @param ignoresSystemJobs leaves allocations of system jobs where they are
 */
public record Drain(long startedAt, long until, boolean ignoresSystemJobs) {
  /** No deadline. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Whether nothing may be left any more. */
  public boolean overdue(long now) {
    return until <= now;
  }

  static Optional<Drain> of(Node node) {
    if (!node.getDrain() && !node.hasDrainStrategy()) {
      return Optional.empty();
    }
    var strategy = node.getDrainStrategy();
    return Optional.of(
        new Drain(
            Math.max(1, strategy.getStartedAt()), until(strategy), strategy.getIgnoreSystemJobs()));
  }

  private static long until(DrainStrategy strategy) {
    if (strategy.getDeadline() < 0) {
      return 0;
    }
    if (strategy.getDeadline() == 0) {
      return NEVER;
    }
    return strategy.getForceDeadline() > 0
        ? strategy.getForceDeadline()
        : strategy.getStartedAt() + strategy.getDeadline();
  }
}
