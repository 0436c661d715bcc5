package io.steppe.json.generator;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.steppe.proto.json.Empty;
import io.steppe.proto.json.Options;
import java.util.Locale;

/** Statements that write and read one field of a message. */
record FieldSource(FieldDescriptor field) {

  String key() {
    return field.getJsonName();
  }

  int number() {
    return field.getNumber();
  }

  /** Name of the constant that holds the encoded key. */
  String constant() {
    return field.getName().toUpperCase(Locale.ROOT);
  }

  boolean hidden() {
    return empty() == Empty.HIDDEN;
  }

  String write() {
    if (field.isMapField()) {
      return writeMap();
    }
    if (field.isRepeated()) {
      return writeList();
    }
    ValueSource value = value();
    return value.isMessage() ? writeMessage(value) : writeScalar(value);
  }

  String read() {
    String body = field.isMapField() ? readMap() : field.isRepeated() ? readList() : readValue();
    return "        case %d -> {\n%s        }\n".formatted(number(), body);
  }

  /** The field's case in a switch over keys. */
  String find() {
    return "      case \"%s\" -> Optional.of(%s);\n".formatted(key(), found());
  }

  private String found() {
    if (field.isMapField()) {
      return "new Value.Entries<>(message.get%sMap(), %s)"
          .formatted(accessor(), mapValue().found());
    }
    if (field.isRepeated()) {
      return "new Value.Items<>(message.get%sList(), %s)".formatted(accessor(), value().found());
    }
    String there = value().found("message.get" + accessor() + "()");
    boolean always = !field.hasPresence() || empty() == Empty.EMPTY;
    return always ? there : "message.has%s() ? %s : Value.NULL".formatted(accessor(), there);
  }

  private String writeScalar(ValueSource value) {
    String get = "message.get" + accessor() + "()";
    String written = value.write(get);
    boolean zeroIsWritten = empty() == Empty.DEFAULT || empty() == Empty.EMPTY;
    if (zeroIsWritten) {
      return "    out.writeFieldName(%s);\n    %s\n".formatted(constant(), written);
    }
    boolean tracked = field.hasPresence() && value.kind() != ValueSource.Kind.TIME;
    String absent = tracked ? "!message.has" + accessor() + "()" : value.isEmpty(get);
    return either(absent, written);
  }

  private String writeMessage(ValueSource value) {
    String written = value.write("message.get" + accessor() + "()");
    if (empty() == Empty.EMPTY) {
      return "    out.writeFieldName(%s);\n    %s\n".formatted(constant(), written);
    }
    return either("!message.has" + accessor() + "()", written);
  }

  private String writeList() {
    String elements = value().write("message.get" + accessor() + "(i)");
    String list =
        """
        out.writeStartArray();
              for (int i = 0; i < message.get%1$sCount(); i++) {
                %2$s
              }
              out.writeEndArray();"""
            .formatted(accessor(), elements);
    return container(
        "message.get" + accessor() + "Count() == 0",
        list,
        "out.writeStartArray();",
        "out.writeEndArray();");
  }

  private String writeMap() {
    ValueSource value = mapValue();
    String map =
        """
        out.writeStartObject();
              for (var entry : JsonWrite.sorted(message.get%1$sMap())) {
                out.writeFieldName(entry.getKey());
                %2$s
              }
              out.writeEndObject();"""
            .formatted(accessor(), value.write("entry.getValue()"));
    return container(
        "message.get" + accessor() + "Count() == 0",
        map,
        "out.writeStartObject();",
        "out.writeEndObject();");
  }

  /** A list or map: {@code null}, left out, or its opening and closing alone where it is empty. */
  private String container(String absent, String full, String open, String close) {
    if (empty() == Empty.EMPTY) {
      return """
              out.writeFieldName(%1$s);
              if (%2$s) {
                %3$s
                %4$s
              } else {
                %5$s
              }
          """
          .formatted(constant(), absent, open, close, full);
    }
    return either(absent, full);
  }

  /** What is written, or where {@code absent} holds, {@code null} or nothing. */
  private String either(String absent, String written) {
    if (empty() == Empty.OMIT) {
      return """
              if (!(%2$s)) {
                out.writeFieldName(%1$s);
                %3$s
              }
          """
          .formatted(constant(), absent, written);
    }
    return """
            out.writeFieldName(%1$s);
            if (%2$s) {
              out.writeNull();
            } else {
              %3$s
            }
        """
        .formatted(constant(), absent, written);
  }

  private String readValue() {
    return """
                  if (in.isNull()) {
                    to.clear%1$s();
                  } else {
                    to.set%1$s(%2$s);
                  }
        """
        .formatted(accessor(), value().read(owner()));
  }

  private String readList() {
    ValueSource element = value();
    return """
                  to.clear%1$s();
                  if (in.array("%2$s", "%3$s", "[]%4$s")) {
                    while (in.nextElement()) {
                      to.add%1$s(in.isNull() ? %5$s : %6$s);
                    }
                  }
        """
        .formatted(
            accessor(), owner(), key(), element.goType(), element.zero(), element.read(owner()));
  }

  private String readMap() {
    ValueSource value = mapValue();
    return """
                  to.clear%1$s();
                  if (!in.isNull()) {
                    in.object("%2$s", "%3$s", "map[string]%4$s");
                    for (String name = in.nextKey(); name != null; name = in.nextKey()) {
                      to.put%1$s(JsonReader.clean(name), in.isNull() ? %5$s : %6$s);
                    }
                  }
        """
        .formatted(accessor(), owner(), key(), value.goType(), value.zero(), value.read(owner()));
  }

  private ValueSource value() {
    return new ValueSource(field, key());
  }

  private ValueSource mapValue() {
    FieldDescriptor mapKey = field.getMessageType().findFieldByName("key");
    if (mapKey.getType() != FieldDescriptor.Type.STRING) {
      throw new IllegalArgumentException(field.getFullName() + ": keys of a map are strings");
    }
    return new ValueSource(field.getMessageType().findFieldByName("value"), key());
  }

  private Empty empty() {
    return field.getOptions().getExtension(Options.field).getEmpty();
  }

  private String owner() {
    return field.getContainingType().getName();
  }

  /** The field's name in generated accessors: {@code l_target} is {@code LTarget}. */
  private String accessor() {
    StringBuilder name = new StringBuilder();
    boolean upper = true;
    for (char c : field.getName().toCharArray()) {
      if (c == '_') {
        upper = true;
      } else {
        name.append(upper ? Character.toUpperCase(c) : c);
        upper = Character.isDigit(c);
      }
    }
    return name.toString();
  }
}
