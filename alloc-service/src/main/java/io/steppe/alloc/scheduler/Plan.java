package io.steppe.alloc.scheduler;

import io.steppe.proto.v1.AllocMetric;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DesiredUpdates;
import io.steppe.proto.v1.Evaluation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an evaluation came to: the changes that bring its job closer to what it wants, and what the
 * evaluation itself is to record.
 *
 * @param evaluationId the evaluation that was decided
 * @param snapshotIndex the index of the snapshot it was decided against
 * @param placements new allocations: complete but for create, modify and alloc modify index. Where
 *     one names a previous allocation, the previous one's {@code next_allocation} is to be set in
 *     the same commit
 * @param inPlaceUpdates allocations that move to the job's version without a restart
 * @param stops allocations that are to end, or have ended with their node
 * @param notes smaller marks on allocations that stay: waiting for a follow-up evaluation, or
 *     unknown since their node is away
 * @param failedTaskGroups why a group could not be placed, by group
 * @param queued allocations still to be placed, by group of the job; zero where all are
 * @param followUps evaluations to create (status pending) with a {@code wait_until}; ids are set,
 *     indexes are not
 * @param blocked present when an evaluation has to wait for room
 * @param desiredUpdates what was decided, in numbers, by group
 * @param rolloutWaiting more updates wait until allocations of this version are running: evaluate
 *     the job again then
 */
public record Plan(
    String evaluationId,
    long snapshotIndex,
    List<Allocation> placements,
    List<InPlaceUpdate> inPlaceUpdates,
    List<Stop> stops,
    List<Note> notes,
    Map<String, AllocMetric> failedTaskGroups,
    Map<String, Long> queued,
    List<Evaluation> followUps,
    Optional<Blocked> blocked,
    Map<String, DesiredUpdates> desiredUpdates,
    boolean rolloutWaiting) {

  public Plan {
    placements = List.copyOf(placements);
    inPlaceUpdates = List.copyOf(inPlaceUpdates);
    stops = List.copyOf(stops);
    notes = List.copyOf(notes);
    failedTaskGroups = Map.copyOf(failedTaskGroups);
    queued = Map.copyOf(queued);
    followUps = List.copyOf(followUps);
    desiredUpdates = Map.copyOf(desiredUpdates);
  }

  /** Whether it changes no allocation. */
  public boolean changesNothing() {
    return placements.isEmpty() && inPlaceUpdates.isEmpty() && stops.isEmpty() && notes.isEmpty();
  }

  /**
   * What makes room for a blocked evaluation.
   *
   * @param classEligibility by computed class of nodes, whether the job could run there; a class
   *     that is not in it is not known yet
   * @param escaped the job asks for more than classes tell: any change of a node may make room
   */
  public record Blocked(Map<String, Boolean> classEligibility, boolean escaped) {
    public Blocked {
      classEligibility = Map.copyOf(classEligibility);
    }

    /** Whether a change of a node of this class is worth another try. */
    public boolean wokenBy(String computedClass) {
      return escaped || classEligibility.getOrDefault(computedClass, true);
    }
  }
}
