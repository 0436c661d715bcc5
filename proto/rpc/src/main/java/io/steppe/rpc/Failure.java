package io.steppe.rpc;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;

/**
 * A request that failed for a reason its caller is told: a kind and a text. Thrown at the edge of a
 * feature; inside, decisions return it as a value.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Kind kind;

  public Failure(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public static Failure notFound(String message) {
    return new Failure(Kind.NOT_FOUND, message);
  }

  public static Failure invalid(String message) {
    return new Failure(Kind.INVALID, message);
  }

  public static Failure denied(String message) {
    return new Failure(Kind.DENIED, message);
  }

  public static Failure conflict(String message) {
    return new Failure(Kind.CONFLICT, message);
  }

  public static Failure unavailable(String message) {
    return new Failure(Kind.UNAVAILABLE, message);
  }

  public Kind kind() {
    return kind;
  }

  /** The same failure as gRPC carries it. */
  public StatusRuntimeException toStatus() {
    return kind.code().toStatus().withDescription(getMessage()).asRuntimeException();
  }

  /**
   * What an error of a call means: its kind and text; anything that is no gRPC status is {@link
   * Kind#INTERNAL}.
   */
  public static Failure of(Throwable error) {
    return switch (error) {
      case Failure failure -> failure;
      case StatusRuntimeException status -> of(status.getStatus());
      case StatusException status -> of(status.getStatus());
      default -> new Failure(Kind.INTERNAL, String.valueOf(error.getMessage()));
    };
  }

  private static Failure of(Status status) {
    String text =
        status.getDescription() == null ? status.getCode().name() : status.getDescription();
    return new Failure(Kind.of(status.getCode()), text);
  }
}
