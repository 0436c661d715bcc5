package io.steppe.alloc.scheduler.reconcile;

import io.steppe.alloc.scheduler.Note;
import io.steppe.alloc.scheduler.Stop;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DesiredUpdates;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.TaskGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What has to happen for a job to be what it wants: collected while groups are looked at one after
 * the other.
 */
public final class Reconciliation {
  private final List<Placement> placements = new ArrayList<>();
  private final List<Stop> stops = new ArrayList<>();
  private final List<InPlace> inPlace = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private final List<Evaluation> followUps = new ArrayList<>();
  private final Map<String, DesiredUpdates.Builder> counts = new HashMap<>();
  private boolean rolloutWaiting;

  /** An allocation that follows its group without a restart. */
  public record InPlace(Allocation allocation, TaskGroup group) {}

  /** Allocations to place. */
  public List<Placement> placements() {
    return placements;
  }

  public List<Stop> stops() {
    return stops;
  }

  public List<InPlace> inPlace() {
    return inPlace;
  }

  public List<Note> notes() {
    return notes;
  }

  public List<Evaluation> followUps() {
    return followUps;
  }

  /** Whether updates were held back until others are running. */
  public boolean rolloutWaiting() {
    return rolloutWaiting;
  }

  /** Says that updates were held back. */
  public void holdBack() {
    rolloutWaiting = true;
  }

  /** What was decided for a group, in numbers. */
  public DesiredUpdates.Builder counts(String group) {
    return counts.computeIfAbsent(group, unused -> DesiredUpdates.newBuilder());
  }

  /** The same for all groups. */
  public Map<String, DesiredUpdates> counts() {
    Map<String, DesiredUpdates> built = new HashMap<>();
    counts.forEach((group, updates) -> built.put(group, updates.build()));
    return built;
  }
}
