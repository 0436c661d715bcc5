package io.steppe.alloc.scheduler.reconcile;

import io.steppe.alloc.scheduler.Statuses;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.NodeScoreMeta;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.TaskState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A node came back, and with it an allocation that was replaced meanwhile: which of the two goes.
 */
final class Reconnects {
  private Reconnects() {}

  /** Of allocations with the same name, those that should go. */
  static List<Allocation> losers(
      List<Allocation> allocations, TaskGroup group, Predicate<Allocation> current) {
    Map<String, Allocation> best = new HashMap<>();
    List<Allocation> losers = new ArrayList<>();
    for (Allocation allocation : allocations) {
      Allocation other = best.get(allocation.getName());
      if (other == null) {
        best.put(allocation.getName(), allocation);
      } else {
        // What its job has moved on from would be replaced again at once.
        boolean wins =
            current.test(allocation) == current.test(other)
                ? better(allocation, other, group.getDisconnect().getReconcile())
                : current.test(allocation);
        best.put(allocation.getName(), wins ? allocation : other);
        losers.add(wins ? other : allocation);
      }
    }
    return losers;
  }

  private static boolean better(Allocation one, Allocation other, String strategy) {
    boolean oneEnded = Statuses.clientTerminal(one);
    if (oneEnded != Statuses.clientTerminal(other)) {
      return !oneEnded;
    }
    return switch (strategy) {
      case "keep_original" -> original(one) && !original(other);
      case "keep_replacement" -> !original(one) && original(other);
      case "longest_running" -> started(one) < started(other);
      default ->
          score(one) > score(other)
              || score(one) == score(other) && original(one) && !original(other);
    };
  }

  private static boolean original(Allocation allocation) {
    return allocation.getAllocStatesList().stream()
        .anyMatch(state -> state.getValue().equals(Statuses.UNKNOWN));
  }

  private static long started(Allocation allocation) {
    return allocation.getTaskStatesMap().values().stream()
        .mapToLong(TaskState::getStartedAt)
        .filter(at -> at > 0)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static double score(Allocation allocation) {
    return allocation.getMetrics().getScoreMetaDataList().stream()
        .filter(score -> score.getNodeId().equals(allocation.getNodeId()))
        .mapToDouble(NodeScoreMeta::getNormScore)
        .findFirst()
        .orElse(0);
  }
}
