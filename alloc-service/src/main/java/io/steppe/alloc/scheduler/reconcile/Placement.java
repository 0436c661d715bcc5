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

  /** A replacement of another of the same name. */
  Placement named(String other) {
    return new Placement(group, other, previous, rescheduled, stopOncePlaced);
  }
}
