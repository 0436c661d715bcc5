package io.steppe.http.route;

import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;

/** Something that clients can ask; enums have it, one a feature, a value a route. */
public interface Route {
  /** Its name, which no other route has. */
  String name();

  /** What it is. */
  Description description();

  /** What its client is told of a failure. */
  default Refusal refusal(Failure failure) {
    return description().refusal(failure);
  }
}
