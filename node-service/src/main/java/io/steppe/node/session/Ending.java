package io.steppe.node.session;

import io.grpc.Status;
import io.steppe.rpc.Failure;

/**
 * Why a session is over, as the agent is told.
 *
 * @param code gRPC status code; OK when the agent itself went
 */
public record Ending(Status.Code code, String text) {
  static final Ending CLOSED = new Ending(Status.Code.OK, "closed by the agent");
  static final Ending NEVER_REGISTERED =
      new Ending(Status.Code.DEADLINE_EXCEEDED, "no registration in time");
  static final Ending OUT_OF_TURN =
      new Ending(Status.Code.INVALID_ARGUMENT, "a session begins with one registration");
  static final Ending EXPIRED = new Ending(Status.Code.ABORTED, "heartbeat missed: node is down");
  static final Ending PURGED =
      new Ending(Status.Code.ABORTED, "the node was purged: register again");
  static final Ending SUPERSEDED =
      new Ending(Status.Code.ABORTED, "a newer session of this node exists");
  static final Ending DROPPED =
      new Ending(Status.Code.UNAVAILABLE, "this replica gives up its sessions");
  static final Ending NOT_READING =
      new Ending(Status.Code.RESOURCE_EXHAUSTED, "the agent does not read");
  static final Ending TOO_MANY_SESSIONS =
      new Ending(Status.Code.RESOURCE_EXHAUSTED, "this replica has too many sessions");
  static final Ending TOO_MANY_UPDATES =
      new Ending(Status.Code.RESOURCE_EXHAUSTED, "too many task updates are waiting");

  static Ending of(Failure failure) {
    return new Ending(failure.kind().code(), failure.getMessage());
  }

  Status status() {
    return code.toStatus().withDescription(text);
  }
}
