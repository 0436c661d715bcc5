package io.steppe.gateway.service;

import io.grpc.Status;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.io.IOException;

/** What the error of a call means to the gateway. */
public final class CallFailures {
  private CallFailures() {}

  /**
   * The failure, as {@link Failure#of} has it, but for connections that broke at an unlucky moment:
   * gRPC calls some of them UNKNOWN, and only they carry a cause.
   */
  public static Failure of(Throwable error) {
    Failure failure = Failure.of(error);
    boolean broken = Status.fromThrowable(error).getCause() instanceof IOException;
    return broken ? new Failure(Kind.UNAVAILABLE, failure.getMessage()) : failure;
  }
}
