package io.steppe.event.sink;

import com.google.protobuf.ByteString;
import io.steppe.rpc.v1.EventFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Lines that are delivered together, at least one.
 *
 * @param lines in order, as the stream encodes them
 */
record Batch(EventFormat format, List<Line> lines) {
  /** All events of an index that are for a sink. */
  record Line(long index, ByteString json) {}

  long first() {
    return lines.getFirst().index();
  }

  long last() {
    return lines.getLast().index();
  }

  String contentType() {
    return switch (format) {
      case CLOUDEVENTS -> "application/cloudevents-batch+json; charset=utf-8";
      case NATIVE, UNRECOGNIZED -> "application/x-ndjson; charset=utf-8";
    };
  }

  /** A line for each index, or all CloudEvents in one array. */
  byte[] body() {
    ByteString body = ByteString.EMPTY;
    ByteString comma = ByteString.copyFromUtf8(",");
    ByteString end = ByteString.copyFromUtf8("\n");
    for (Line line : lines) {
      body =
          switch (format) {
            case CLOUDEVENTS -> {
              ByteString events = line.json().substring(1, line.json().size() - 1);
              yield body.isEmpty() ? events : body.concat(comma).concat(events);
            }
            case NATIVE, UNRECOGNIZED -> body.concat(line.json()).concat(end);
          };
    }
    return format == EventFormat.CLOUDEVENTS
        ? ByteString.copyFrom("[", StandardCharsets.UTF_8)
            .concat(body)
            .concat(ByteString.copyFromUtf8("]"))
            .toByteArray()
        : body.toByteArray();
  }
}
