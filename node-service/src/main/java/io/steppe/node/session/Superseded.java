package io.steppe.node.session;

/** Tells a replica that a session it may have is over. */
@FunctionalInterface
public interface Superseded {
  /**
   * Tells it once, without waiting: a replica that doesn't hear it finds out when the session's
   * time is over.
   *
   * @param replica its id
   * @param epoch of the newer session
   */
  void elsewhere(String replica, String nodeId, long epoch);
}
