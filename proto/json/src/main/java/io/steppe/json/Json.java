package io.steppe.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.steppe.json.InvalidJsonException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Messages of {@code steppe.v1} as JSON and back, with the keys, nulls and formats their
 * definitions ask for.
 *
 * <p>Writing is UTF-8 without white space, maps in the order of their keys. Reading takes keys of
 * messages in any case, skips those it doesn't know, leaves fields unset where it finds {@code
 * null}, lets the last of equal keys win, and refuses a value of the wrong type, anything after the
 * document, and nesting deeper than {@value #MAX_DEPTH}.
 */
public final class Json {
  /** Levels of objects and arrays that are read. */
  public static final int MAX_DEPTH = 500;

  private static final int RECYCLED_BUFFERS = 64;
  private static final int INITIAL_SIZE = 512;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .recyclerPool(JsonRecyclerPools.newBoundedPool(RECYCLED_BUFFERS))
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          .configure(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8, true)
          .configure(StreamWriteFeature.AUTO_CLOSE_TARGET, false)
          // A document that fails half-way must not look finished.
          .configure(StreamWriteFeature.AUTO_CLOSE_CONTENT, false)
          .build();

  private Json() {}

  /** The message as one JSON value. */
  public static byte[] write(Message message) {
    return buffered(out -> writeTo(message, out));
  }

  /** Writes the message as one JSON value; the stream stays open. */
  public static void write(Message message, OutputStream to) throws IOException {
    try (JsonGenerator out = generator(to)) {
      writeTo(message, out);
    }
  }

  /**
   * The message on one line of its own, for streams of lines: raw values lose their white space, a
   * newline ends it.
   */
  public static byte[] writeLine(Message message) {
    byte[] json = write(message);
    byte[] line = isOneLine(json) ? json : compact(json);
    byte[] ended = Arrays.copyOf(line, line.length + 1);
    ended[line.length] = '\n';
    return ended;
  }

  /** The messages as one JSON array. */
  public static byte[] writeList(Iterable<? extends Message> messages) {
    return buffered(out -> writeListTo(messages, out));
  }

  /**
   * Writes the messages as one JSON array, each as the iterable gives it; the stream stays open.
   */
  public static void writeList(Iterable<? extends Message> messages, OutputStream to)
      throws IOException {
    try (JsonGenerator out = generator(to)) {
      writeListTo(messages, out);
    }
  }

  /** Writes the message as the generator's next value. */
  public static <T extends Message> void writeTo(T message, JsonGenerator out) throws IOException {
    Mappers.of(message).writer().write(message, out);
  }

  /** The message as values that are found by their JSON keys. Nothing is copied. */
  public static <T extends Message> Value value(T message) {
    return Mappers.of(message).values().apply(message);
  }

  /**
   * A generator of UTF-8 without white space that leaves its stream open. For documents made of
   * several messages.
   */
  public static JsonGenerator generator(OutputStream to) throws IOException {
    return FACTORY.createGenerator(to);
  }

  /**
   * Reads one document.
   *
   * @param prototype any message of the type to read, {@code Node.getDefaultInstance()}
   * @throws InvalidJsonException if the document is no JSON or has values of the wrong type
   */
  public static <T extends Message> T read(byte[] json, T prototype) {
    Mapper<T> mapper = Mappers.of(prototype);
    return parse(json, in -> readValue(in, mapper));
  }

  /**
   * Reads one document that is an array of messages; {@code null} is an empty one.
   *
   * @throws InvalidJsonException if the document is no JSON or has values of the wrong type
   */
  public static <T extends Message> List<T> readList(byte[] json, T prototype) {
    Mapper<T> mapper = Mappers.of(prototype);
    return parse(
        json,
        in -> {
          List<T> list = new ArrayList<>();
          if (in.array("", "", "[]" + mapper.name())) {
            while (in.nextElement()) {
              list.add(readValue(in, mapper));
            }
          }
          return list;
        });
  }

  /**
   * Reads one document that is an array of strings; {@code null} is an empty one.
   *
   * @throws InvalidJsonException if the document is no JSON or has values of the wrong type
   */
  public static List<String> readStrings(byte[] json) {
    return parse(
        json,
        in -> {
          List<String> list = new ArrayList<>();
          if (in.array("", "", "[]string")) {
            while (in.nextElement()) {
              list.add(in.string("", ""));
            }
          }
          return list;
        });
  }

  /**
   * The document with a line a value, four spaces a level, and a final newline. The document must
   * be JSON.
   */
  public static byte[] pretty(byte[] json) {
    return Layout.pretty(json);
  }

  /** The document without white space. The document must be JSON. */
  public static byte[] compact(byte[] json) {
    return Layout.compact(json);
  }

  private static void writeListTo(Iterable<? extends Message> messages, JsonGenerator out)
      throws IOException {
    out.writeStartArray();
    for (Message message : messages) {
      writeTo(message, out);
    }
    out.writeEndArray();
  }

  /** Whether two JSON values say the same, however they are spelled; false for what is no JSON. */
  public static boolean same(ByteString one, ByteString other) {
    return SameValue.of(one, other);
  }

  static JsonParser parser(byte[] json) throws IOException {
    return FACTORY.createParser(json);
  }

  private static <T extends Message> T readValue(JsonReader in, Mapper<T> mapper)
      throws IOException {
    if (in.isNull()) {
      return mapper.prototype();
    }
    return mapper.reader().read(in.object("", "", mapper.name()));
  }

  private static <T> T parse(byte[] input, Mapper.Reader<T> reader) {
    SyntaxErrors.checkEncoding(input);
    byte[] json = EscapedKeys.writeOut(input);
    try (JsonParser parser = FACTORY.createParser(json)) {
      try {
        if (parser.nextToken() == null) {
          throw new InvalidJsonException(Kind.SYNTAX, "EOF");
        }
        T value = reader.read(new JsonReader(parser, json));
        SyntaxErrors.checkEnd(json, (int) parser.currentLocation().getByteOffset());
        return value;
      } catch (JsonProcessingException e) {
        throw SyntaxErrors.of(e, parser);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Bytes in memory can't fail to be read", e);
    }
  }

  private static byte[] buffered(Output output) {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder(INITIAL_SIZE)) {
      try (JsonGenerator out = generator(bytes)) {
        output.to(out);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
  }

  private static boolean isOneLine(byte[] json) {
    for (byte c : json) {
      if (c == '\n' || c == '\r') {
        return false;
      }
    }
    return true;
  }

  private interface Output {
    void to(JsonGenerator out) throws IOException;
  }
}
