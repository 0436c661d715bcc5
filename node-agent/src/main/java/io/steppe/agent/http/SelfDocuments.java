package io.steppe.agent.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.steppe.agent.boot.AgentSettings;
import io.steppe.json.Json;
import io.steppe.proto.v1.Node;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** The parts of {@code /v1/agent/self}, with what is true of this agent. */
final class SelfDocuments {
  private SelfDocuments() {}

  private interface Content {
    void to(JsonGenerator out) throws IOException;
  }

  static ByteString config(Node node, AgentSettings settings) {
    return object(
        out -> {
          object(out, "ACL", () -> out.writeBooleanField("Enabled", false));
          object(out, "AdvertiseAddrs", () -> out.writeStringField("HTTP", node.getHttpAddr()));
          object(out, "Client", () -> out.writeBooleanField("Enabled", true));
          out.writeStringField("Datacenter", node.getDatacenter());
          out.writeBooleanField("DevMode", false);
          out.writeStringField("NodeName", node.getName());
          out.writeStringField("Region", settings.region());
          object(out, "Server", () -> out.writeBooleanField("Enabled", false));
          object(out, "TLSConfig", () -> out.writeBooleanField("EnableHTTP", false));
          object(
              out,
              "Version",
              () -> {
                out.writeStringField("Version", node.getAttributesOrDefault("nomad.version", ""));
                out.writeStringField(
                    "VersionMetadata",
                    "steppe-" + node.getAttributesOrDefault("steppe.version", ""));
                out.writeStringField("VersionPrerelease", "");
              });
        });
  }

  static ByteString stats(Node node, List<String> servers, long allocations) {
    return object(
        out -> {
          object(
              out,
              "client",
              () -> {
                out.writeStringField("node_id", node.getId());
                out.writeStringField("known_servers", String.join(",", servers));
                out.writeStringField("num_allocations", String.valueOf(allocations));
              });
          object(
              out,
              "runtime",
              () -> {
                String processors = String.valueOf(Runtime.getRuntime().availableProcessors());
                out.writeStringField(
                    "kernel.name", System.getProperty("os.name").toLowerCase(Locale.ROOT));
                out.writeStringField("arch", System.getProperty("os.arch"));
                out.writeStringField("version", "java " + Runtime.version());
                out.writeStringField("cpu_count", processors);
                out.writeStringField("max_procs", processors);
              });
        });
  }

  private static ByteString object(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = Json.generator(bytes)) {
      out.writeStartObject();
      content.to(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  private static void object(JsonGenerator out, String name, Fields fields) throws IOException {
    out.writeObjectFieldStart(name);
    fields.write();
    out.writeEndObject();
  }

  private interface Fields {
    void write() throws IOException;
  }
}
