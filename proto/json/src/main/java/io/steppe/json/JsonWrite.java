package io.steppe.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Values that Jackson's generator would write differently. */
final class JsonWrite {
  private static final double PLAIN_FROM = 1e-6;
  private static final double PLAIN_BELOW = 1e21;

  private JsonWrite() {}

  static void unsigned(JsonGenerator out, long value) throws IOException {
    if (value >= 0) {
      out.writeNumber(value);
    } else {
      out.writeNumber(Long.toUnsignedString(value));
    }
  }

  /**
   * Shortest digits that read back as the same number, with an exponent only far from 1. JSON has
   * no NaN: that is 0.
   */
  static void floating(JsonGenerator out, double value) throws IOException {
    out.writeNumber(Double.isFinite(value) ? decimal(value) : "0.0");
  }

  private static String decimal(double value) {
    String text = Double.toString(value);
    double size = Math.abs(value);
    if (text.indexOf('E') < 0 || size < PLAIN_FROM || size >= PLAIN_BELOW) {
      return text;
    }
    String plain = new BigDecimal(text).toPlainString();
    return plain.indexOf('.') < 0 ? plain + ".0" : plain;
  }

  static void base64(JsonGenerator out, ByteString value) throws IOException {
    out.writeBinary(value.toByteArray());
  }

  static void time(JsonGenerator out, long nanos) throws IOException {
    out.writeString(Rfc3339.format(nanos));
  }

  static void duration(JsonGenerator out, long nanos) throws IOException {
    out.writeString(nanos == 0 ? "" : GoDuration.format(nanos));
  }

  static void raw(JsonGenerator out, ByteString value) throws IOException {
    if (value.isEmpty()) {
      out.writeNull();
    } else {
      out.writeRawValue(new RawJson(value));
    }
  }

  /** A map's entries in the order of their keys: equal messages are equal bytes. */
  static <V> Collection<Map.Entry<String, V>> sorted(Map<String, V> map) {
    if (map.size() < 2) {
      return map.entrySet();
    }
    List<Map.Entry<String, V>> entries = new ArrayList<>(map.entrySet());
    entries.sort(Map.Entry.comparingByKey());
    return entries;
  }
}
