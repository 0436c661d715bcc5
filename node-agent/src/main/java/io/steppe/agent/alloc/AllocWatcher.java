package io.steppe.agent.alloc;

import java.util.Map;

/** Hears where allocations stand, after every step of their lives and in order. */
@FunctionalInterface
public interface AllocWatcher {
  /**
   * @param runs tasks that run, with the number of their run
   * @param ending it is on its way to its end, or there
   */
  record Standing(Map<String, Integer> runs, boolean ending) {}

  void stands(AllocRunner runner, Standing now);
}
