package io.steppe.http.limit;

import java.util.concurrent.ConcurrentHashMap;

/** Connections that are open, by address. */
final class Connections {
  private final ConcurrentHashMap<String, Integer> open = new ConcurrentHashMap<>();
  private final int most;

  /**
   * @param most of one address
   */
  Connections(int most) {
    this.most = most;
  }

  /** Counts one more; false, and not counted, where its address has enough. */
  boolean open(String address) {
    boolean[] taken = new boolean[1];
    open.compute(
        address,
        (key, count) -> {
          int before = count == null ? 0 : count;
          taken[0] = before < most;
          return taken[0] ? Integer.valueOf(before + 1) : count;
        });
    return taken[0];
  }

  /** Counts one less. */
  void closed(String address) {
    open.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }
}
