package io.steppe.clientapi.follow;

import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.time.Duration;

/** How long a stream that broke is tried again: its agent may be on its way back. */
final class Patience {
  private static final Duration LONGEST = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final String NO_PATH_TO_NODE = "No path to node";

  private long began = -1;

  /** It is well again. */
  void renew() {
    began = -1;
  }

  /**
   * Waits before the next try.
   *
   * @throws Failure the given one, when there is no sense in another try
   */
  void pause(Failure broken) throws InterruptedException {
    long now = System.nanoTime();
    if (began == -1) {
      began = now;
    }
    if (!isPassing(broken) || now - began > LONGEST.toNanos()) {
      throw broken;
    }
    Thread.sleep(PAUSE);
  }

  /** Whether it may be well again soon. */
  static boolean isPassing(Failure broken) {
    return broken.kind() == Kind.UNAVAILABLE
        || broken.kind() == Kind.NOT_FOUND && broken.getMessage().equals(NO_PATH_TO_NODE);
  }
}
