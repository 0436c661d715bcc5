package io.steppe.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** The generated code of one message: its name, how it is written and how it is read. */
record Mapper<T>(String name, Writer<T> writer, Reader<T> reader) {

  interface Writer<T> {
    void write(T message, JsonGenerator out) throws IOException;
  }

  interface Reader<T> {
    T read(JsonReader in) throws IOException;
  }
}
