package io.steppe.query;

import io.steppe.json.Value;

/** What error texts call the kinds of values. */
final class Kinds {
  private Kinds() {}

  /** The kind of a value. */
  static String of(Value value) {
    return switch (value) {
      case Value.Text _ -> "string";
      case Value.Bool _ -> "bool";
      case Value.Whole _ -> "int64";
      case Value.Unsigned _ -> "uint64";
      case Value.Real _ -> "float64";
      case Value.Bytes _, Value.Items<?> _ -> "slice";
      case Value.Entries<?> _ -> "map";
      case Value.Fields<?> _, Value.Time _ -> "struct";
      case Value.Null _ -> "invalid";
    };
  }

  /** The kind of what a name inside of an element condition stands for. */
  static String ofName(Value value) {
    return value instanceof Value.Whole ? "int" : of(value);
  }

  /** The type of a value. */
  static String type(Value value) {
    return switch (value) {
      case Value.Items<?> items -> "[]" + (items.size() == 0 ? "interface {}" : type(items.get(0)));
      case Value.Entries<?> entries ->
          "map[string]"
              + entries.map().keySet().stream()
                  .findFirst()
                  .flatMap(entries::get)
                  .map(Kinds::type)
                  .orElse("interface {}");
      case Value.Bytes _ -> "[]uint8";
      case Value.Fields<?> fields -> "structs." + fields.message().getClass().getSimpleName();
      case Value.Time _ -> "time.Time";
      default -> of(value);
    };
  }
}
