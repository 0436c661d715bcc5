package io.steppe.json.generator;

import com.google.protobuf.Descriptors.Descriptor;
import io.steppe.proto.json.Options;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Source of one message's mapper. */
final class MessageSource {
  private static final String TEMPLATE =
      """
      package io.steppe.json;

      import com.fasterxml.jackson.core.JsonGenerator;
      import com.fasterxml.jackson.core.io.SerializedString;
      import io.steppe.proto.v1.%1$s;
      import java.io.IOException;
      import java.util.Optional;

      /** JSON of {@link %1$s}. Generated from its definition. */
      public final class %1$sJson {
      %2$s
        private %1$sJson() {}

        /** Writes the message as one JSON value. */
        public static void write(%1$s message, JsonGenerator out) throws IOException {
      %3$s  }

        /** Reads the value the reader stands on. */
        public static %1$s read(JsonReader in) throws IOException {
      %4$s  }

        /** The message as values found by their keys. */
        static Value value(%1$s message) {
      %5$s  }
      %6$s}
      """;

  private MessageSource() {}

  static String of(Descriptor message) {
    if (!message.getOneofs().stream().allMatch(oneof -> oneof.getFields().size() == 1)) {
      throw new IllegalArgumentException(message.getFullName() + ": JSON has no word for a oneof");
    }
    if (isNullable(message)) {
      return nullable(message);
    }
    List<FieldSource> fields = fields(message);
    checkKeys(message, fields);
    String name = message.getName();
    return TEMPLATE.formatted(
        name,
        keys(fields),
        write(fields),
        read(name, fields),
        "    return new Value.Fields<>(message, %sJson::field);\n".formatted(name),
        find(name, fields) + numbers(fields));
  }

  /** Whether the message stands for its one value or {@code null}. */
  static boolean isNullable(Descriptor message) {
    return message.getOptions().getExtension(Options.nullable);
  }

  private static String nullable(Descriptor message) {
    ValueSource value = new ValueSource(message.findFieldByName("value"), "Value");
    String name = message.getName();
    String write =
        """
            if (message.hasValue()) {
              %s
            } else {
              out.writeNull();
            }
        """
            .formatted(value.write("message.getValue()"));
    String read =
        """
            return in.isNull() ? %1$s.getDefaultInstance() : %1$s.newBuilder().setValue(%2$s).build();
        """
            .formatted(name, value.read(name));
    String found =
        "    return message.hasValue() ? %s : Value.NULL;\n"
            .formatted(value.found("message.getValue()"));
    return TEMPLATE.formatted(name, "", write, read, found, "");
  }

  private static List<FieldSource> fields(Descriptor message) {
    return message.getFields().stream()
        .map(FieldSource::new)
        .filter(field -> !field.hidden())
        .toList();
  }

  private static void checkKeys(Descriptor message, List<FieldSource> fields) {
    Map<String, String> seen = new HashMap<>();
    for (FieldSource field : fields) {
      String before = seen.put(field.key().toLowerCase(Locale.ROOT), field.key());
      if (before != null) {
        throw new IllegalArgumentException(
            message.getFullName()
                + ": the keys "
                + before
                + " and "
                + field.key()
                + " differ in case only");
      }
    }
  }

  private static String keys(List<FieldSource> fields) {
    return fields.stream()
        .map(
            f ->
                "  private static final SerializedString %s = new SerializedString(\"%s\");\n"
                    .formatted(f.constant(), f.key()))
        .collect(Collectors.joining());
  }

  private static String write(List<FieldSource> fields) {
    return "    out.writeStartObject();\n"
        + fields.stream().map(FieldSource::write).collect(Collectors.joining())
        + "    out.writeEndObject();\n";
  }

  private static String read(String name, List<FieldSource> fields) {
    return """
            %1$s.Builder to = %1$s.newBuilder();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
              switch (number(key)) {
        %2$s        default -> in.skip();
              }
            }
            return to.build();
        """
        .formatted(name, fields.stream().map(FieldSource::read).collect(Collectors.joining()));
  }

  private static String find(String name, List<FieldSource> fields) {
    return """

          private static Optional<Value> field(%1$s message, String key) {
            return switch (key) {
        %2$s      default -> Optional.empty();
            };
          }
        """
        .formatted(name, fields.stream().map(FieldSource::find).collect(Collectors.joining()));
  }

  private static String numbers(List<FieldSource> fields) {
    String exact =
        fields.stream()
            .map(f -> "      case \"%s\" -> %d;\n".formatted(f.key(), f.number()))
            .collect(Collectors.joining());
    String folded =
        fields.stream()
            .map(
                f ->
                    "      case \"%s\" -> %d;\n"
                        .formatted(f.key().toLowerCase(Locale.ROOT), f.number()))
            .collect(Collectors.joining());
    return """

          private static int number(String key) {
            return switch (key) {
        %s      default -> folded(JsonReader.fold(key));
            };
          }

          private static int folded(String key) {
            return switch (key) {
        %s      default -> 0;
            };
          }
        """
        .formatted(exact, folded);
  }
}
