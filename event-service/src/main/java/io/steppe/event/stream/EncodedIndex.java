package io.steppe.event.stream;

import com.google.protobuf.ByteString;
import io.steppe.rpc.v1.EventFormat;
import java.util.List;
import java.util.Optional;

/** All events of an index. Lines made of them share the bytes of each event. */
record EncodedIndex(long index, List<EncodedEvent> events) {
  private static final ByteString COMMA = ByteString.copyFromUtf8(",");
  private static final ByteString LIST = ByteString.copyFromUtf8("[");
  private static final ByteString LIST_END = ByteString.copyFromUtf8("]");
  private static final ByteString LINE_END = ByteString.copyFromUtf8("]}");

  EncodedIndex {
    events = List.copyOf(events);
  }

  /** Bytes of its events. */
  long size() {
    return events.stream().mapToLong(EncodedEvent::size).sum();
  }

  /** The line of those events that match; none when none does. */
  Optional<ByteString> line(EventFilter filter, EventFormat format) {
    ByteString line = ByteString.EMPTY;
    for (EncodedEvent event : events) {
      if (filter.matches(event.event())) {
        line = line.isEmpty() ? line : line.concat(COMMA);
        line = line.concat(event.in(format));
      }
    }
    return line.isEmpty() ? Optional.empty() : Optional.of(around(line, format));
  }

  private ByteString around(ByteString events, EventFormat format) {
    return switch (format) {
      case CLOUDEVENTS -> LIST.concat(events).concat(LIST_END);
      case NATIVE, UNRECOGNIZED ->
          ByteString.copyFromUtf8("{\"Index\":" + index + ",\"Events\":[")
              .concat(events)
              .concat(LINE_END);
    };
  }
}
