package io.steppe.diagnostics.metrics;

import com.fasterxml.jackson.core.JsonGenerator;
import io.steppe.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What was measured, in the two formats that those who watch it read. */
public final class Metrics {
  /** Of {@link #prometheus}. */
  public static final String PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss '+0000 UTC'").withZone(ZoneOffset.UTC);

  private Metrics() {}

  /** As this API has it. */
  public static byte[] json(List<Gauge> gauges, Instant at) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = Json.generator(bytes)) {
      out.writeStartObject();
      empty(out, "Counters");
      out.writeArrayFieldStart("Gauges");
      for (Gauge gauge : sorted(gauges)) {
        out.writeStartObject();
        out.writeObjectFieldStart("Labels");
        for (Map.Entry<String, String> label : new TreeMap<>(gauge.labels()).entrySet()) {
          out.writeStringField(label.getKey(), label.getValue());
        }
        out.writeEndObject();
        out.writeStringField("Name", gauge.name());
        out.writeNumberField("Value", gauge.value());
        out.writeEndObject();
      }
      out.writeEndArray();
      empty(out, "Points");
      empty(out, "PrecisionGauges");
      empty(out, "Samples");
      out.writeStringField("Timestamp", TIME.format(at));
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    return bytes.toByteArray();
  }

  private static void empty(JsonGenerator out, String name) throws IOException {
    out.writeArrayFieldStart(name);
    out.writeEndArray();
  }

  /** As Prometheus scrapes it. */
  public static String prometheus(List<Gauge> gauges) {
    StringBuilder text = new StringBuilder();
    String last = "";
    for (Gauge gauge : sorted(gauges)) {
      String name = gauge.name().replaceAll("[^a-zA-Z0-9_]", "_");
      if (!name.equals(last)) {
        text.append("# TYPE ").append(name).append(" gauge\n");
        last = name;
      }
      text.append(name);
      if (!gauge.labels().isEmpty()) {
        text.append(
            new TreeMap<>(gauge.labels())
                .entrySet().stream()
                    .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + "\"")
                    .collect(Collectors.joining(",", "{", "}")));
      }
      text.append(' ').append(gauge.value()).append('\n');
    }
    return text.toString();
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static List<Gauge> sorted(List<Gauge> gauges) {
    return gauges.stream().sorted(Comparator.comparing(Gauge::name)).toList();
  }
}
