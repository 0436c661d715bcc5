package io.steppe.http.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import io.steppe.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is written down of a request: never its body, its parameters but the namespace, or its
 * token's secret.
 *
 * @param received when the request came
 * @param answer nothing before there is one
 */
record Entry(Stage stage, Instant received, Who who, What what, Optional<Answer> answer) {

  /**
   * Who asks.
   *
   * @param accessorId of the token; empty where nobody wanted to know
   * @param name of the token
   * @param address host:port
   */
  record Who(String accessorId, String name, String address, String userAgent) {}

  /**
   * What is asked for.
   *
   * @param requestId the same through all services
   * @param node host:port that was asked
   */
  record What(String requestId, String method, String path, String namespace, String node) {}

  /**
   * What came of it.
   *
   * @param bytes of the body
   */
  record Answer(int status, long bytes, Duration took) {}

  /** As a line of JSON. */
  byte[] line() {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    try (JsonGenerator out = Json.generator(line)) {
      out.writeStartObject();
      Instant at = answer.map(done -> received.plus(done.took())).orElse(received);
      out.writeStringField("created_at", at.toString());
      out.writeStringField("event_type", "audit");
      out.writeObjectFieldStart("payload");
      out.writeStringField("id", what.requestId());
      out.writeStringField("stage", stage.text());
      out.writeStringField("type", "audit");
      out.writeStringField("timestamp", received.toString());
      out.writeNumberField("version", 1);
      auth(out);
      request(out);
      if (answer.isPresent()) {
        answer(out, answer.get());
      }
      out.writeEndObject();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    line.write('\n');
    return line.toByteArray();
  }

  private void auth(JsonGenerator out) throws IOException {
    if (who.accessorId().isEmpty()) {
      return;
    }
    out.writeObjectFieldStart("auth");
    out.writeStringField("accessor_id", who.accessorId());
    out.writeStringField("name", who.name());
    out.writeEndObject();
  }

  private void request(JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("request");
    out.writeStringField("id", what.requestId());
    out.writeStringField("operation", what.method());
    out.writeStringField("endpoint", what.path());
    out.writeObjectFieldStart("namespace");
    out.writeStringField("id", what.namespace());
    out.writeEndObject();
    out.writeObjectFieldStart("request_meta");
    out.writeStringField("remote_address", who.address());
    out.writeStringField("user_agent", who.userAgent());
    out.writeEndObject();
    out.writeObjectFieldStart("node_meta");
    out.writeStringField("ip", what.node());
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void answer(JsonGenerator out, Answer answer) throws IOException {
    out.writeObjectFieldStart("response");
    out.writeNumberField("status_code", answer.status());
    out.writeNumberField("bytes", answer.bytes());
    out.writeNumberField("duration_ms", answer.took().toNanos() / 1e6);
    out.writeEndObject();
  }
}
