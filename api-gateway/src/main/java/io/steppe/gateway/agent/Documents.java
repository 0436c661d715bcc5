package io.steppe.gateway.agent;

import com.fasterxml.jackson.core.JsonGenerator;
import io.steppe.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Documents that are written field by field. */
public final class Documents {
  /** The version of the API that is spoken, which is what clients ask a version for. */
  public static final String API_VERSION = "2.0.5";

  private Documents() {}

  /** Writes a document. */
  public interface Content {
    /** Writes it. */
    void to(JsonGenerator out) throws IOException;
  }

  /** A document's bytes. */
  public static byte[] json(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = Json.generator(bytes)) {
      content.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    return bytes.toByteArray();
  }
}
