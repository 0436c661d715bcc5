package io.steppe.query;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.steppe.proto.json.Empty;
import io.steppe.proto.json.Format;
import io.steppe.proto.json.Options;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a value may have below it, known from its type alone. */
sealed interface Shape {
  /** Anything: raw JSON. */
  record Free() implements Shape {}

  /** Nothing. */
  record Leaf() implements Shape {}

  /** A list. */
  record Items(Shape element) implements Shape {}

  /** A map, with any names. */
  record Entries(Shape value) implements Shape {}

  /** What one of several values has. */
  record AnyOf(List<Shape> shapes) implements Shape {}

  /**
   * A message's keys.
   *
   * @param instead shapes of fields whose type says less, by key
   */
  record Fields(Descriptor type, Map<String, Shape> instead) implements Shape {}

  /** The shape of a message. */
  static Shape of(Descriptor type) {
    return new Fields(type, Map.of());
  }

  /** What a part of a path leads to; empty where no value of this shape has it. */
  default Optional<Shape> part(String name) {
    return switch (this) {
      case Free free -> Optional.of(free);
      case Leaf _ -> Optional.empty();
      case Items(Shape element) ->
          GoNumbers.signed(name).value().filter(index -> index >= 0).map(index -> element);
      case Entries(Shape value) -> Optional.of(value);
      case AnyOf(List<Shape> shapes) ->
          anyOf(shapes.stream().flatMap(one -> one.part(name).stream()));
      case Fields(Descriptor type, Map<String, Shape> instead) ->
          Optional.ofNullable(instead.get(name)).or(() -> field(type, name).map(Shape::value));
    };
  }

  /** What elements are, of what is a list or a map. */
  default Optional<Shape> elements() {
    return switch (this) {
      case Free free -> Optional.of(free);
      case Leaf _, Fields _ -> Optional.empty();
      case Items(Shape element) -> Optional.of(element);
      case Entries(Shape value) -> Optional.of(value);
      case AnyOf(List<Shape> shapes) ->
          anyOf(shapes.stream().flatMap(one -> one.elements().stream()));
    };
  }

  private static Optional<Shape> anyOf(Stream<Shape> found) {
    List<Shape> shapes = found.toList();
    return shapes.size() > 1 ? Optional.of(new AnyOf(shapes)) : shapes.stream().findFirst();
  }

  private static Optional<FieldDescriptor> field(Descriptor type, String key) {
    return type.getFields().stream()
        .filter(field -> field.getJsonName().equals(key))
        .filter(field -> field.getOptions().getExtension(Options.field).getEmpty() != Empty.HIDDEN)
        .findFirst();
  }

  private static Shape value(FieldDescriptor field) {
    if (field.isMapField()) {
      return new Entries(single(field.getMessageType().findFieldByName("value")));
    }
    return field.isRepeated() ? new Items(single(field)) : single(field);
  }

  private static Shape single(FieldDescriptor field) {
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      Descriptor type = field.getMessageType();
      boolean nullable = type.getOptions().getExtension(Options.nullable);
      return nullable ? value(type.findFieldByName("value")) : of(type);
    }
    boolean raw = field.getOptions().getExtension(Options.field).getFormat() == Format.RAW;
    return raw ? new Free() : new Leaf();
  }
}
