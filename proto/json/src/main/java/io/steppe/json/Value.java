package io.steppe.json;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A value of a message, found by its JSON key: for code that learns only at run time which keys it
 * is asked for, such as filter expressions. Made by {@link Json#value}; made when looked at, so
 * that a look at one key costs one key.
 */
public sealed interface Value {
  /** What an unset message or {@code optional} is. */
  Null NULL = new Null();

  /** A string. */
  record Text(String text) implements Value {}

  /** A boolean. */
  record Bool(boolean value) implements Value {}

  /** A signed integer. */
  record Whole(long value) implements Value {}

  /** An unsigned integer; its bits in a signed one. */
  record Unsigned(long bits) implements Value {}

  /** A number with a fraction. */
  record Real(double value) implements Value {}

  /** Bytes, which JSON writes as base64. */
  record Bytes(ByteString bytes) implements Value {}

  /** A time in nanoseconds since 1970, 0 for none. */
  record Time(long nanos) implements Value {}

  /** Nothing, where something could be. */
  record Null() implements Value {}

  /** A list. */
  record Items<T>(List<T> list, Function<? super T, Value> value) implements Value {
    /** How many. */
    public int size() {
      return list.size();
    }

    /** One of them. */
    public Value get(int index) {
      return value.apply(list.get(index));
    }
  }

  /** A map from names to values of one kind. */
  record Entries<T>(Map<String, T> map, Function<? super T, Value> value) implements Value {
    /** How many. */
    public int size() {
      return map.size();
    }

    /** The value of a name; empty where the map has none. */
    public Optional<Value> get(String name) {
      T found = map.get(name);
      return found == null ? Optional.empty() : Optional.of(value.apply(found));
    }
  }

  /** A message: its type says which keys there are. */
  record Fields<T>(T message, BiFunction<T, String, Optional<Value>> field) implements Value {
    /** The value of a key, in the case it is written in; empty where the type has no such key. */
    public Optional<Value> get(String key) {
      return field.apply(message, key);
    }
  }
}
