package io.steppe.rpc;

import io.steppe.rpc.v1.Caller;
import java.util.UUID;

/** Who makes a call between services. */
public final class Callers {
  /** Accessor of requests without a token. */
  public static final String ANONYMOUS = "anonymous";

  private Callers() {}

  /** A new request of somebody. */
  public static Caller of(String accessorId) {
    return Caller.newBuilder()
        .setAccessorId(accessorId)
        .setRequestId(UUID.randomUUID().toString())
        .build();
  }

  /** A new request without a token. */
  public static Caller anonymous() {
    return of(ANONYMOUS);
  }

  /** A request that a service makes by itself. */
  public static Caller service(String name) {
    return of("service:" + name);
  }

  /**
   * The caller, where a change needs one.
   *
   * @throws Failure DENIED for a call that says not who makes it
   */
  public static Caller required(Caller caller) {
    if (caller.getAccessorId().isEmpty()) {
      throw Failure.denied("Permission denied");
    }
    return caller;
  }
}
