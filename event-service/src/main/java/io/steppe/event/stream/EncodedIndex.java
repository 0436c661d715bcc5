package io.steppe.event.stream;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;

/** All events of an index. Lines made of them share the bytes of each event. */
record EncodedIndex(long index, List<EncodedEvent> events) {
  private static final ByteString COMMA = ByteString.copyFromUtf8(",");
  private static final ByteString END = ByteString.copyFromUtf8("]}");

  EncodedIndex {
    events = List.copyOf(events);
  }

  /** Bytes of its events. */
  long size() {
    return events.stream().mapToLong(event -> event.json().size()).sum();
  }

  /** The line of those events that match; none when none does. */
  Optional<ByteString> line(EventFilter filter) {
    ByteString line = ByteString.copyFromUtf8("{\"Index\":" + index + ",\"Events\":[");
    boolean first = true;
    for (EncodedEvent event : events) {
      if (filter.matches(event)) {
        line = first ? line.concat(event.json()) : line.concat(COMMA).concat(event.json());
        first = false;
      }
    }
    return first ? Optional.empty() : Optional.of(line.concat(END));
  }
}
