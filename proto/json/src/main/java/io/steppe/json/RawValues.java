package io.steppe.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Raw JSON as values. Its objects are maps, its numbers have fractions. */
final class RawValues {
  private RawValues() {}

  /** The value of the bytes; none for what is no JSON. */
  static Value of(ByteString json) {
    if (json.isEmpty()) {
      return Value.NULL;
    }
    try (JsonParser in = Json.parser(json.toByteArray())) {
      in.nextToken();
      return value(in);
    } catch (IOException notJson) {
      return Value.NULL;
    }
  }

  private static Value value(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> array(in);
      case VALUE_TRUE, VALUE_FALSE -> new Value.Bool(in.getBooleanValue());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Value.Real(in.getDoubleValue());
      case VALUE_STRING -> new Value.Text(in.getText());
      case null, default -> Value.NULL;
    };
  }

  private static Value object(JsonParser in) throws IOException {
    Map<String, Value> map = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      map.put(name, value(in));
    }
    return new Value.Entries<>(map, Function.identity());
  }

  private static Value array(JsonParser in) throws IOException {
    List<Value> list = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY && in.currentToken() != null) {
      list.add(value(in));
    }
    return new Value.Items<>(list, Function.identity());
  }
}
