package io.steppe.diagnostics.monitor;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.steppe.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * A line of the log.
 *
 * @param logger whose it is
 * @param thrown what went wrong, with its stack; empty for nothing
 * @param location file and line that logged it, if that was asked for
 */
record LogLine(
    Instant at,
    LogLevel level,
    String logger,
    String message,
    String thrown,
    Optional<String> location) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  private static final String OWN = "io.steppe.diagnostics";

  /** What a follower is told who was too slow. */
  static LogLine dropped(Instant at, long lines) {
    return new LogLine(
        at,
        LogLevel.WARN,
        OWN,
        lines + " lines were dropped: they came faster than they were read",
        "",
        Optional.empty());
  }

  /** The line for people. */
  ByteString text() {
    String bracketed = "[" + level + "]";
    String where = location.map(found -> found + ": ").orElse("");
    String stack = thrown.isEmpty() ? "" : "\n" + thrown.stripTrailing();
    return ByteString.copyFromUtf8(
        "%s %-7s %s%s: %s%s\n"
            .formatted(TIME.format(at), bracketed, where, logger, message, stack));
  }

  /** The line as an object of its own. */
  ByteString json() {
    ByteString.Output bytes = ByteString.newOutput();
    try (JsonGenerator out = Json.generator(bytes)) {
      out.writeStartObject();
      out.writeStringField("@level", level.name().toLowerCase(java.util.Locale.ROOT));
      out.writeStringField("@message", message);
      out.writeStringField("@module", logger);
      out.writeStringField("@timestamp", TIME.format(at));
      if (location.isPresent()) {
        out.writeStringField("@caller", location.get());
      }
      if (!thrown.isEmpty()) {
        out.writeStringField("error", thrown);
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    bytes.write('\n');
    return bytes.toByteString();
  }
}
