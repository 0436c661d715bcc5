package io.steppe.agent.alloc;

import io.steppe.proto.v1.TaskState;

/** Why a task pauses, or runs although it would pause: as its state shows it. */
final class Paused {
  /** Nobody holds it. */
  static final String NO = "";

  /** An operator holds it. */
  static final String FORCED = "force_pause";

  /** An operator lets it run, whatever its schedule says. */
  static final String FORCED_RUN = "force_run";

  /** Its schedule holds it. */
  static final String SCHEDULED = "scheduled_pause";

  private Paused() {}

  /** The task is not to run. */
  static boolean holds(TaskState state) {
    return holds(state.getPaused());
  }

  static boolean holds(String paused) {
    return paused.equals(FORCED) || paused.equals(SCHEDULED);
  }
}
