package io.steppe.alloc.evaluation;

import io.steppe.alloc.scheduler.Plan;
import io.steppe.proto.v1.Evaluation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Evaluations that wait for room, and where room appeared. A wake-up is never missed: room that
 * appeared after the snapshot an evaluation was decided on wakes it when it comes in. Not for
 * several threads.
 */
final class BlockedEvaluations {
  private final Map<String, Waiting> waiting = new HashMap<>();

  /** Classes remembered; where each node is a class of its own there may be more of them. */
  static final int CLASSES = 10_000;

  /** By computed class: the index at which a node of it last got room, in that order. */
  private final LinkedHashMap<String, Long> roomAt = new LinkedHashMap<>();

  /** Up to this index a class may have got room that is forgotten. */
  private long forgotten;

  private record Waiting(Evaluation evaluation, Plan.Blocked wants, long tried) {}

  /**
   * An evaluation that is blocked now.
   *
   * @return whether there is room it has not seen: try it at once
   */
  boolean add(Evaluation evaluation) {
    var known = waiting.get(evaluation.getId());
    long tried = known == null ? 0 : known.tried();
    var entry =
        new Waiting(
            evaluation,
            new Plan.Blocked(
                evaluation.getClassEligibilityMap(), evaluation.getEscapedComputedClass()),
            Math.max(tried, evaluation.getSnapshotIndex()));
    waiting.put(evaluation.getId(), entry);
    return hasRoom(entry);
  }

  void remove(String id) {
    waiting.remove(id);
  }

  void clear() {
    waiting.clear();
    roomAt.clear();
    forgotten = 0;
  }

  /**
   * It was tried in vain on the state of an index.
   *
   * @return whether room has appeared since: try it again
   */
  boolean tried(String id, long index) {
    var known = waiting.get(id);
    if (known == null) {
      return false;
    }
    var entry = new Waiting(known.evaluation(), known.wants(), Math.max(known.tried(), index));
    waiting.put(id, entry);
    return hasRoom(entry);
  }

  /**
   * A node of this class has more room since this index.
   *
   * @return the evaluations to try
   */
  List<Evaluation> room(String computedClass, long index) {
    roomAt.remove(computedClass);
    roomAt.put(computedClass, index);
    if (roomAt.size() > CLASSES) {
      forgotten = Math.max(forgotten, roomAt.pollFirstEntry().getValue());
    }
    var woken = new ArrayList<Evaluation>();
    for (var entry : waiting.values()) {
      if (entry.tried() < index && entry.wants().wokenBy(computedClass)) {
        woken.add(entry.evaluation());
      }
    }
    return woken;
  }

  private boolean hasRoom(Waiting entry) {
    return entry.tried() < forgotten
        || roomAt.entrySet().stream()
            .anyMatch(
                room -> room.getValue() > entry.tried() && entry.wants().wokenBy(room.getKey()));
  }
}
