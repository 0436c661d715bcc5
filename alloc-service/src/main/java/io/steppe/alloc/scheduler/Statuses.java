package io.steppe.alloc.scheduler;

import io.steppe.proto.v1.Allocation;

/**
 * The words that allocations, nodes and evaluations say how they are, and what follows from them.
 */
public final class Statuses {
  public static final String RUN = "run";
  public static final String STOP = "stop";
  public static final String EVICT = "evict";

  public static final String PENDING = "pending";
  public static final String RUNNING = "running";
  public static final String COMPLETE = "complete";
  public static final String FAILED = "failed";
  public static final String LOST = "lost";
  public static final String UNKNOWN = "unknown";

  private Statuses() {}

  /** Its tasks have ended, or its node is gone for good. */
  public static boolean clientTerminal(Allocation allocation) {
    return switch (allocation.getClientStatus()) {
      case COMPLETE, FAILED, LOST -> true;
      default -> false;
    };
  }

  /** It was told to end. */
  public static boolean serverTerminal(Allocation allocation) {
    return switch (allocation.getDesiredStatus()) {
      case STOP, EVICT -> true;
      default -> false;
    };
  }

  /** It has ended or was told to: it takes no room any more. */
  public static boolean terminal(Allocation allocation) {
    return serverTerminal(allocation) || clientTerminal(allocation);
  }
}
