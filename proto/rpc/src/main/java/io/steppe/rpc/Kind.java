package io.steppe.rpc;

import io.grpc.Status;

/** What went wrong, as every service says it: carried between services as a gRPC status code. */
public enum Kind {
  /** The named object does not exist. */
  NOT_FOUND(Status.Code.NOT_FOUND),
  /** The request can never succeed as it is. */
  INVALID(Status.Code.INVALID_ARGUMENT),
  /** What the caller shows to say who it is can be no such thing. */
  UNAUTHENTICATED(Status.Code.UNAUTHENTICATED),
  /** The caller may not do this. */
  DENIED(Status.Code.PERMISSION_DENIED),
  /** The state does not allow it now: an index that moved on, a node that drains. */
  CONFLICT(Status.Code.FAILED_PRECONDITION),
  /** Something that is needed did not answer; the same call may succeed later. */
  UNAVAILABLE(Status.Code.UNAVAILABLE),
  /** A defect of ours. */
  INTERNAL(Status.Code.INTERNAL);

  private final Status.Code code;

  Kind(Status.Code code) {
    this.code = code;
  }

  /** The gRPC status code that carries this kind. */
  public Status.Code code() {
    return code;
  }

  /** The kind a status code stands for; codes of no kind are {@link #INTERNAL}. */
  public static Kind of(Status.Code code) {
    return switch (code) {
      case NOT_FOUND -> NOT_FOUND;
      case INVALID_ARGUMENT, OUT_OF_RANGE -> INVALID;
      case UNAUTHENTICATED -> UNAUTHENTICATED;
      case PERMISSION_DENIED -> DENIED;
      case FAILED_PRECONDITION, ABORTED, ALREADY_EXISTS -> CONFLICT;
      case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, CANCELLED -> UNAVAILABLE;
      default -> INTERNAL;
    };
  }
}
