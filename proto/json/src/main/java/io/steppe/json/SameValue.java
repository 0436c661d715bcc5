package io.steppe.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether two pieces of JSON say the same, however they are spelled. */
final class SameValue {
  /** Longer numbers are compared as they are written: their value could be of any size. */
  private static final int MAX_DIGITS = 64;

  private SameValue() {}

  static boolean of(ByteString one, ByteString other) {
    try {
      return one.equals(other) || value(one).equals(value(other));
    } catch (IOException noJson) {
      return false;
    }
  }

  private static Object value(ByteString json) throws IOException {
    if (json.isEmpty()) {
      return Optional.empty();
    }
    try (JsonParser in = Json.parser(json.toByteArray())) {
      in.nextToken();
      return value(in);
    }
  }

  private static Object value(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> array(in);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(in);
      case VALUE_STRING -> in.getText();
      case null, default -> Optional.empty();
    };
  }

  private static Object number(JsonParser in) throws IOException {
    String text = in.getText();
    return text.length() > MAX_DIGITS ? List.of(text) : new BigDecimal(text).stripTrailingZeros();
  }

  private static Object object(JsonParser in) throws IOException {
    Map<String, Object> map = new HashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      map.put(name, value(in));
    }
    return map;
  }

  private static Object array(JsonParser in) throws IOException {
    List<Object> list = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY && in.currentToken() != null) {
      list.add(value(in));
    }
    return list;
  }
}
