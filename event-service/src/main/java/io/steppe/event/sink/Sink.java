package io.steppe.event.sink;

import io.steppe.proto.v1.EventSink;
import java.time.Instant;
import java.util.Optional;

/**
 * A sink as it is stored.
 *
 * @param definition without secret and state
 * @param secret signs deliveries
 * @param version goes up with each change of the definition
 * @param delivered everything up to this index was delivered, or was not for this sink
 */
record Sink(
    EventSink definition,
    StoredSecret secret,
    long version,
    long delivered,
    Progress progress,
    Instant createdAt,
    Instant modifiedAt) {

  /**
   * How deliveries went.
   *
   * @param error of the last attempt that failed; empty for none
   * @param failures since the last attempt that succeeded
   * @param lost indexes that retention took before they were delivered
   * @param replica that delivered last
   */
  record Progress(
      Optional<Instant> deliveredAt,
      String error,
      Optional<Instant> errorAt,
      int failures,
      Optional<Instant> nextAttemptAt,
      long lost,
      String replica) {}

  String id() {
    return definition.getId();
  }

  @Override
  public String toString() {
    return "sink " + id();
  }
}
