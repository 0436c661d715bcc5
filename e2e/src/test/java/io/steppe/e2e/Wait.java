package io.steppe.e2e;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Waiting for a condition, never for a time. */
final class Wait {
  private static final long LOOK_AGAIN_MILLIS = 50;

  private Wait() {}

  /**
   * Asks until the answer fits and returns it; fails with the last answer or error when the time is
   * up.
   */
  static <T> T until(Duration atMost, String what, Callable<T> question, Predicate<T> fits) {
    long deadline = System.nanoTime() + atMost.toNanos();
    Object last;
    do {
      try {
        T answer = question.call();
        if (fits.test(answer)) {
          return answer;
        }
        last = answer;
      } catch (Exception e) {
        last = e;
      }
      pause();
    } while (System.nanoTime() < deadline);
    String seen = String.valueOf(last);
    throw new AssertionError(
        "not within %d s: %s; last seen: %s"
            .formatted(atMost.toSeconds(), what, seen.substring(0, Math.min(2000, seen.length()))));
  }

  static void untilTrue(Duration atMost, String what, Callable<Boolean> question) {
    until(atMost, what, question, Boolean::booleanValue);
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
