package io.steppe.alloc.scheduler.reconcile;

/** Why allocations end and evaluations are made, in the words clients know. */
public final class Wording {
  public static final String NOT_NEEDED = "alloc not needed due to job update";
  public static final String MIGRATING = "alloc is being migrated";
  public static final String UPDATING = "alloc is being updated due to job update";
  public static final String LOST = "alloc is lost since its node is down";
  public static final String UNKNOWN = "alloc is unknown since its node is disconnected";
  public static final String NODE_TAINTED = "alloc not needed as node is tainted";
  public static final String RESCHEDULED = "alloc was rescheduled because it failed";
  public static final String RECONNECTED = "alloc not needed due to disconnected client reconnect";
  public static final String DELAYED_RESCHEDULE = "created for delayed rescheduling";
  public static final String DISCONNECT_TIMEOUT = "created for delayed disconnect timeout";
  public static final String ROLLING = "created for the next step of a rolling update";

  private Wording() {}
}
