package io.steppe.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.function.Function;

/**
 * The generated code of one message type: the message without values, how one is written, how one
 * is read and how its values are found.
 */
record Mapper<T extends Message>(
    T prototype, Writer<T> writer, Reader<T> reader, Function<T, Value> values) {

  /** The type as error texts call it. */
  String name() {
    return "api." + prototype.getDescriptorForType().getName();
  }

  interface Writer<T> {
    void write(T message, JsonGenerator out) throws IOException;
  }

  interface Reader<T> {
    T read(JsonReader in) throws IOException;
  }
}
