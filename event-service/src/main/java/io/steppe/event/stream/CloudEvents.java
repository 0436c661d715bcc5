package io.steppe.event.stream;

import com.google.protobuf.ByteString;
import io.steppe.json.Json;
import io.steppe.proto.v1.CloudEvent;
import io.steppe.proto.v1.Event;
import java.time.Instant;
import java.util.Optional;

/** Events as CloudEvents 1.0 in JSON. */
final class CloudEvents {
  private static final ByteString DATA = ByteString.copyFromUtf8(",\"data\":");
  private static final ByteString END = ByteString.copyFromUtf8("}");

  private CloudEvents() {}

  /**
   * Where an event comes from: together unique, and the same on every replica.
   *
   * @param region whose log it is
   * @param epoch of the log: a restored log gives its indexes again
   * @param ordinal of its change among those of its index
   * @param at when it was committed
   */
  record Origin(String region, long epoch, long index, int ordinal, Optional<Instant> at) {
    String id() {
      return epoch + "-" + index + "-" + ordinal;
    }
  }

  /** The envelope around an event; the event's bytes are shared. */
  static ByteString of(Origin origin, Event event, ByteString json) {
    CloudEvent envelope =
        CloudEvent.newBuilder()
            .setSpecversion("1.0")
            .setId(origin.id())
            .setSource("/regions/" + origin.region())
            .setType("io.steppe." + event.getTopic() + "." + event.getType())
            .setSubject(event.getKey())
            .setDatacontenttype("application/json")
            .build();
    byte[] head = Json.write(envelope);
    return ByteString.copyFrom(head, 0, head.length - 1)
        .concat(time(origin))
        .concat(DATA)
        .concat(json)
        .concat(END);
  }

  private static ByteString time(Origin origin) {
    return origin
        .at()
        .map(at -> ByteString.copyFromUtf8(",\"time\":\"" + at + "\""))
        .orElse(ByteString.EMPTY);
  }
}
