package io.steppe.node.session;

import io.steppe.ledger.Replicas.Member;

/** Conditions that {@code node.guard_v1} checks inside a commit. No part of one holds a bar. */
public final class Guards {
  private Guards() {}

  /** The node's newest session has this epoch. */
  public static String session(String nodeId, long epoch) {
    return "session|" + nodeId + "|" + epoch;
  }

  /** The replica's lease holds and was not lost in between. */
  public static String lease(Member self) {
    return "lease|" + self.generation() + "|" + self.id();
  }
}
