package io.steppe.gateway.event;

import io.steppe.http.ContentTypes;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoErrors;
import io.steppe.http.query.Query;
import io.steppe.rpc.v1.EventFormat;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** How a stream of events looks to its client. */
enum EventStyle {
  /** A JSON object a line; {@code {}} is a heartbeat. */
  LINES(EventFormat.NATIVE, ContentTypes.JSON, "{}\n"),
  /** A batch of CloudEvents a line; {@code []} is a heartbeat. */
  CLOUD_LINES(EventFormat.CLOUDEVENTS, "application/cloudevents-batch+json", "[]\n"),
  /** Server-sent events; a comment is a heartbeat. */
  SENT(EventFormat.NATIVE, "text/event-stream", ":\n\n"),
  /** Server-sent events, each a batch of CloudEvents. */
  CLOUD_SENT(EventFormat.CLOUDEVENTS, "text/event-stream", ":\n\n");

  private static final byte[] NOTHING = new byte[0];
  private static final byte[] LINE_END = bytes("\n");
  private static final byte[] SENT_END = bytes("\n\n");

  private final EventFormat format;
  private final String contentType;
  private final byte[] heartbeat;

  EventStyle(EventFormat format, String contentType, String heartbeat) {
    this.format = format;
    this.contentType = contentType;
    this.heartbeat = bytes(heartbeat);
  }

  /**
   * The style that a request asks for by its Accept header (may be null) and the parameter {@code
   * format}.
   *
   * @throws Refusal 400 for a format that is unknown
   */
  static EventStyle of(String accept, Query query) {
    String accepted = accept == null ? "" : accept.toLowerCase(Locale.ROOT);
    boolean cloud =
        switch (query.text("format")) {
          case "" -> accepted.contains("application/cloudevents");
          case "events" -> false;
          case "cloudevents" -> true;
          default ->
              throw Refusal.badRequest(
                  "Unknown format "
                      + GoErrors.quoted(query.text("format"))
                      + ": must be events or cloudevents");
        };
    boolean sent = accepted.contains("text/event-stream");
    return cloud ? (sent ? CLOUD_SENT : CLOUD_LINES) : (sent ? SENT : LINES);
  }

  EventFormat format() {
    return format;
  }

  String contentType() {
    return contentType;
  }

  byte[] heartbeat() {
    return heartbeat.clone();
  }

  /** What stands before an index's events. */
  byte[] before(long index) {
    return isSent() ? bytes("id: " + index + "\ndata: ") : NOTHING;
  }

  /** What stands behind an index's events. */
  byte[] after() {
    return isSent() ? SENT_END : LINE_END;
  }

  /** The reason why a stream ends. */
  byte[] end(String reason) {
    String json = "{\"Error\":" + GoErrors.quoted(reason) + "}";
    return switch (this) {
      case LINES -> bytes(json + "\n");
      // A batch holds nothing but CloudEvents.
      case CLOUD_LINES -> NOTHING;
      case SENT, CLOUD_SENT -> bytes("event: error\ndata: " + json + "\n\n");
    };
  }

  private boolean isSent() {
    return this == SENT || this == CLOUD_SENT;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
