package io.steppe.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.google.protobuf.ByteString;
import io.steppe.json.InvalidJsonException.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.util.Base64;
import java.util.Locale;

/**
 * What generated readers read from: a Jackson parser over one document, typed. A method that reads
 * a value expects the parser on that value's first token, and leaves it on its last. Values of
 * another type than asked for are an {@link InvalidJsonException}; {@code owner} and {@code key}
 * name the field for its text.
 */
public final class JsonReader {
  private static final int MAX_FOLDED = 64;
  private static final BigInteger MAX_UINT64 = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  private final JsonParser parser;
  private final byte[] input;

  JsonReader(JsonParser parser, byte[] input) {
    this.parser = parser;
    this.input = input;
  }

  boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  /** Moves to the value of the object's next key; null at the object's end. */
  String nextKey() throws IOException {
    String key = parser.nextFieldName();
    if (key != null) {
      parser.nextToken();
    }
    return key;
  }

  /** Moves to the array's next element; false at the array's end. */
  boolean nextElement() throws IOException {
    return parser.nextToken() != JsonToken.END_ARRAY;
  }

  void skip() throws IOException {
    parser.skipChildren();
  }

  /** Checks that an object begins here. */
  JsonReader object(String owner, String key, String type) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrongType(owner, key, type);
    }
    return this;
  }

  /** Checks that an array begins here; false for {@code null}. */
  boolean array(String owner, String key, String type) throws IOException {
    if (isNull()) {
      return false;
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw wrongType(owner, key, type);
    }
    return true;
  }

  String string(String owner, String key) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrongType(owner, key, "string");
    }
    return clean(parser.getText());
  }

  boolean bool(String owner, String key) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw wrongType(owner, key, "bool");
    };
  }

  int int32(String owner, String key) throws IOException {
    long value = int64(owner, key);
    if (value != (int) value) {
      throw wrongType(owner, key, "int32");
    }
    return (int) value;
  }

  long int64(String owner, String key) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw wrongType(owner, key, "int64");
    }
    try {
      return parser.getLongValue();
    } catch (InputCoercionException e) {
      throw wrongType(owner, key, "int64");
    }
  }

  long uint64(String owner, String key) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw wrongType(owner, key, "uint64");
    }
    BigInteger value =
        parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            ? parser.getBigIntegerValue()
            : BigInteger.valueOf(parser.getLongValue());
    if (value.signum() < 0 || value.compareTo(MAX_UINT64) > 0) {
      throw wrongType(owner, key, "uint64");
    }
    return value.longValue();
  }

  double float64(String owner, String key) throws IOException {
    if (!parser.currentToken().isNumeric()) {
      throw wrongType(owner, key, "float64");
    }
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw wrongType(owner, key, "float64");
    }
    return value;
  }

  ByteString base64(String owner, String key) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrongType(owner, key, "[]uint8");
    }
    try {
      return ByteString.copyFrom(Base64.getDecoder().decode(parser.getText()));
    } catch (IllegalArgumentException e) {
      throw new InvalidJsonException(
          Kind.TYPE, "illegal base64 data in field " + owner + "." + path(key));
    }
  }

  /** A time as nanoseconds since 1970. */
  long time(String owner, String key) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrongType(owner, key, "time.Time");
    }
    String text = parser.getText();
    try {
      return Rfc3339.parse(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw new InvalidJsonException(
          Kind.TYPE,
          "parsing time \""
              + text
              + "\" of field "
              + owner
              + "."
              + path(key)
              + " as RFC 3339: not a time in range");
    }
  }

  /** A duration as nanoseconds: a number of them, or text such as 1h30m; 0 for empty text. */
  long duration(String owner, String key) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_NUMBER_INT -> int64(owner, key);
      case VALUE_NUMBER_FLOAT -> (long) float64(owner, key);
      case VALUE_STRING -> {
        String text = parser.getText();
        if (text.isEmpty()) {
          yield 0;
        }
        yield GoDuration.parse(text)
            .orElseThrow(
                () ->
                    new InvalidJsonException(Kind.TYPE, "time: invalid duration \"" + text + "\""));
      }
      default -> throw wrongType(owner, key, "time.Duration");
    };
  }

  /** The value as it stands in the input. */
  ByteString raw() throws IOException {
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    int to = (int) parser.currentLocation().getByteOffset();
    return ByteString.copyFrom(input, from, to - from);
  }

  /** The key without its case. */
  static String fold(String key) {
    return key.length() > MAX_FOLDED ? key : key.toLowerCase(Locale.ROOT);
  }

  /** The text with halves of surrogate pairs, which UTF-8 has no word for, replaced by U+FFFD. */
  static String clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return replaceHalves(text);
      }
    }
    return text;
  }

  private static String replaceHalves(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.MIN_SURROGATE <= c && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private InvalidJsonException wrongType(String owner, String key, String type) throws IOException {
    String value =
        switch (parser.currentToken()) {
          case START_OBJECT -> "object";
          case START_ARRAY -> "array";
          case VALUE_STRING -> "string";
          case VALUE_TRUE, VALUE_FALSE -> "bool";
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(type);
          default -> "null";
        };
    String place = key.isEmpty() ? "Go value" : "Go struct field " + owner + "." + path(key);
    return new InvalidJsonException(
        Kind.TYPE, "json: cannot unmarshal " + value + " into " + place + " of type " + type);
  }

  private String number(String type) throws IOException {
    boolean numeric = type.contains("int") || type.contains("float");
    return numeric && !type.startsWith("[") ? "number " + parser.getText() : "number";
  }

  /** The keys that lead to the field from the document's root. */
  private String path(String key) {
    StringBuilder path = new StringBuilder(key);
    JsonStreamContext field = parser.getParsingContext();
    if (parser.currentToken().isStructStart()) {
      field = field.getParent();
    }
    while (field.inArray()) {
      field = field.getParent();
    }
    for (JsonStreamContext at = field.getParent(); at != null; at = at.getParent()) {
      if (at.inObject()) {
        path.insert(0, at.getCurrentName() + ".");
      }
    }
    return path.toString();
  }
}
