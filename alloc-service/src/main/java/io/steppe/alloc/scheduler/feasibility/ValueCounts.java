package io.steppe.alloc.scheduler.feasibility;

import java.util.HashMap;
import java.util.Map;

/** How many allocations there are for each value of a target: follows a plan as it is made. */
public final class ValueCounts {
  private final Map<String, Integer> counts = new HashMap<>();
  private int least;
  private int most;
  private boolean known;

  void change(String value, int by) {
    counts.merge(value, by, (before, more) -> before + more == 0 ? null : before + more);
    known = false;
  }

  /** Allocations with this value. */
  public int of(String value) {
    return counts.getOrDefault(value, 0);
  }

  /** Whether there are none at all. */
  public boolean none() {
    return counts.isEmpty();
  }

  /** The smallest count of a value that somebody has; 0 when there are none. */
  public int least() {
    lookAtAll();
    return least;
  }

  /** The largest count of a value. */
  public int most() {
    lookAtAll();
    return most;
  }

  private void lookAtAll() {
    if (known) {
      return;
    }
    least = counts.isEmpty() ? 0 : Integer.MAX_VALUE;
    most = 0;
    for (int count : counts.values()) {
      least = Math.min(least, count);
      most = Math.max(most, count);
    }
    known = true;
  }
}
