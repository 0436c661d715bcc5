package io.steppe.event.stream;

import com.google.protobuf.ByteString;
import io.steppe.proto.v1.Event;
import io.steppe.rpc.v1.EventFormat;
import java.util.Optional;

/**
 * An event as it goes out, encoded once for each format that somebody reads. Used on the hub's
 * thread.
 */
final class EncodedEvent {
  private final Event event;
  private final ByteString json;
  private final CloudEvents.Origin origin;
  private Optional<ByteString> cloud = Optional.empty();

  /**
   * @param event its payload shares the bytes of {@code json}
   * @param json the event, encoded
   * @param origin what tells it from all others
   */
  EncodedEvent(Event event, ByteString json, CloudEvents.Origin origin) {
    this.event = event;
    this.json = json;
    this.origin = origin;
  }

  Event event() {
    return event;
  }

  /** Bytes that are kept for it. */
  long size() {
    return json.size();
  }

  ByteString in(EventFormat format) {
    return switch (format) {
      case CLOUDEVENTS -> cloud();
      case NATIVE, UNRECOGNIZED -> json;
    };
  }

  private ByteString cloud() {
    if (cloud.isEmpty()) {
      cloud = Optional.of(CloudEvents.of(origin, event, json));
    }
    return cloud.get();
  }
}
