package io.steppe.alloc.scheduler.reconcile;

import io.steppe.alloc.scheduler.Stop;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.TaskGroup;
import java.util.Optional;

/**
 * An allocation that is wanted and not there.
 *
 * @param previous the one it takes the place of
 * @param rescheduled whether that one failed
 * @param stopOncePlaced ends the previous one, only if a place was found
 */
public record Placement(
    TaskGroup group,
    String name,
    Optional<Allocation> previous,
    boolean rescheduled,
    Optional<Stop> stopOncePlaced) {

  /** Whether it is the same allocation on another node, neither a new version nor a new try. */
  public boolean moves() {
    return !rescheduled
        && stopOncePlaced.map(stop -> stop.description().equals(Wording.MIGRATING)).orElse(true);
  }

  /** A replacement of another of the same name. */
  Placement named(String other) {
    return new Placement(group, other, previous, rescheduled, stopOncePlaced);
  }
}
