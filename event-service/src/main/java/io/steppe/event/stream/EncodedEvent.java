package io.steppe.event.stream;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * An event as it goes out.
 *
 * @param namespace empty for what has none
 * @param json the event, encoded
 */
record EncodedEvent(
    String topic, String key, String namespace, List<String> filterKeys, ByteString json) {
  EncodedEvent {
    filterKeys = List.copyOf(filterKeys);
  }
}
