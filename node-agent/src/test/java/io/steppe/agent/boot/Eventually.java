package io.steppe.agent.boot;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for conditions that nothing announces. */
public final class Eventually {
  /** May fail while what it looks at is not there yet. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws Exception;
  }

  private Eventually() {}

  public static void holds(String what, Condition condition) throws Exception {
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("waited in vain: " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
