package io.steppe.node.session;

import java.time.Instant;

/** Where a node's session is. {@link SessionMachine} says how it moves. */
public sealed interface SessionState {
  /** An agent has dialled and not yet said who it is. */
  record Opened(Instant registerBy) implements SessionState {}

  /** The registration is being checked and written; then the session's row. */
  record Registering(String nodeId, boolean connected) implements SessionState {}

  /** The row is written: this replica is responsible for the node, which is being made ready. */
  record Claimed(String nodeId, long epoch, Instant due, boolean connected)
      implements SessionState {}

  /** The agent is connected; its next heartbeat is due. */
  record Live(String nodeId, long epoch, Instant due) implements SessionState {}

  /** No agent is connected, since it left or since the session was another replica's. */
  record Silent(String nodeId, long epoch, Instant due) implements SessionState {}

  /** Nothing was heard in time; the node is being marked down. */
  record Expiring(String nodeId, long epoch, boolean connected) implements SessionState {}

  /** Nothing is left to do. */
  record Ended(Ending why) implements SessionState {}
}
