package io.steppe.node.session;

import io.steppe.rpc.Failure;
import java.time.Instant;

/** What can happen to a session. */
public sealed interface SessionEvent {
  /** The agent said who it is. */
  record RegisterSent(String nodeId) implements SessionEvent {}

  /** The session's row is written. */
  record RowWritten(long epoch, Instant due) implements SessionEvent {}

  /** The node is ready. */
  record Admitted(Instant due) implements SessionEvent {}

  /** Registering failed. */
  record Refused(Failure failure) implements SessionEvent {}

  /** The agent was heard of. */
  record Heartbeat(Instant nextDue) implements SessionEvent {}

  /** The agent's stream ended. */
  record StreamClosed() implements SessionEvent {}

  /** Time went by. */
  record Tick(Instant now) implements SessionEvent {}

  /** The node is down. */
  record MarkedDown() implements SessionEvent {}

  /** The node is disconnected, and is looked at again at a time. */
  record MarkedDisconnected(Instant lookAgain) implements SessionEvent {}

  /** The node could not be marked down now. */
  record MarkDownFailed(Instant retryAt) implements SessionEvent {}

  /** The log refused to mark the node down: somebody else is responsible for it. */
  record MarkDownRefused() implements SessionEvent {}

  /** The node has a session of this epoch. */
  record NewerSession(long epoch) implements SessionEvent {}

  /** This side ends the agent's stream; the node is still this replica's to watch. */
  record Disconnected(Ending why) implements SessionEvent {}

  /** This replica is no longer responsible for the node. */
  record GivenUp(Ending why) implements SessionEvent {}
}
