package io.steppe.gateway.openapi;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.steppe.proto.json.Empty;
import io.steppe.proto.json.FieldJson;
import io.steppe.proto.json.Options;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/**
 * Messages as JSON Schema, by what their definitions say of their JSON: the same options that the
 * mapper is generated from. A schema says what is written; what is read may lack keys, have others
 * that are not looked at, and spell those of messages in any case.
 */
final class Schemas {
  private static final String REFERENCE = "#/components/schemas/";

  private final Map<String, Schema> schemas = new TreeMap<>();
  private final Map<String, Descriptor> named = new HashMap<>();
  private final Deque<Descriptor> waiting = new ArrayDeque<>();

  /** A message by its name; it is described with all it holds. */
  Schema of(Descriptor message) {
    if (isNullable(message)) {
      return orNull(value(message.findFieldByName("value")));
    }
    Schema reference = reference(message);
    while (!waiting.isEmpty()) {
      Descriptor next = waiting.poll();
      schemas.put(name(next), object(next));
    }
    return reference;
  }

  /** A message by its name, or null. */
  Schema orNull(Descriptor message) {
    return orNull(of(message));
  }

  /** A list of messages. */
  Schema listOf(Descriptor message) {
    return array(of(message));
  }

  /** All that was described, by name. */
  Map<String, Schema> all() {
    return schemas;
  }

  private Schema reference(Descriptor message) {
    String name = name(message);
    Descriptor known = named.putIfAbsent(name, message);
    if (known == null) {
      waiting.add(message);
    } else if (!known.getFullName().equals(message.getFullName())) {
      throw new IllegalStateException(
          known.getFullName() + " and " + message.getFullName() + " have one name");
    }
    return OASFactory.createSchema().ref(REFERENCE + name);
  }

  private static String name(Descriptor message) {
    Descriptor outer = message.getContainingType();
    return outer == null ? message.getName() : name(outer) + message.getName();
  }

  private Schema object(Descriptor message) {
    Schema schema = typed(SchemaType.OBJECT);
    for (FieldDescriptor field : message.getFields()) {
      if (json(field).getEmpty() != Empty.HIDDEN) {
        schema.addProperty(field.getJsonName(), field(field));
      }
    }
    return schema;
  }

  private Schema field(FieldDescriptor field) {
    Schema schema =
        field.isMapField()
            ? map(field.getMessageType().findFieldByName("value"))
            : field.isRepeated() ? array(value(field)) : value(field);
    return mayBeNull(field) ? orNull(schema) : schema;
  }

  /**
   * As the mapper writes what has no value: a scalar its zero, the rest null, unless it says so.
   */
  private static boolean mayBeNull(FieldDescriptor field) {
    boolean scalar = !field.isRepeated() && field.getJavaType() != FieldDescriptor.JavaType.MESSAGE;
    return switch (json(field).getEmpty()) {
      case NULL -> true;
      case DEFAULT -> !scalar;
      default -> false;
    };
  }

  private Schema map(FieldDescriptor value) {
    return typed(SchemaType.OBJECT).additionalPropertiesSchema(value(value));
  }

  private Schema value(FieldDescriptor field) {
    FieldJson json = json(field);
    return switch (json.getFormat()) {
      case RAW -> OASFactory.createSchema().description("Any JSON value");
      case RFC3339 -> typed(SchemaType.STRING).format("date-time");
      case DURATION -> typed(SchemaType.STRING).description("Such as 1h30m0s");
      case PLAIN, UNRECOGNIZED -> plain(field);
    };
  }

  private Schema plain(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case BOOLEAN -> typed(SchemaType.BOOLEAN);
      case INT -> typed(SchemaType.INTEGER).format("int32");
      case LONG -> typed(SchemaType.INTEGER).format("int64");
      case FLOAT, DOUBLE -> typed(SchemaType.NUMBER);
      case STRING, ENUM -> typed(SchemaType.STRING);
      case BYTE_STRING -> typed(SchemaType.STRING).format("byte");
      case MESSAGE ->
          isNullable(field.getMessageType())
              ? orNull(value(field.getMessageType().findFieldByName("value")))
              : reference(field.getMessageType());
    };
  }

  private static Schema array(Schema items) {
    return typed(SchemaType.ARRAY).items(items);
  }

  private static Schema orNull(Schema schema) {
    if (schema.getType() != null) {
      return schema.addType(SchemaType.NULL);
    }
    return schema.getRef() == null
        ? schema
        : OASFactory.createSchema().anyOf(List.of(schema, typed(SchemaType.NULL)));
  }

  private static Schema typed(SchemaType type) {
    return OASFactory.createSchema().addType(type);
  }

  private static boolean isNullable(Descriptor message) {
    return message.getOptions().getExtension(Options.nullable);
  }

  private static FieldJson json(FieldDescriptor field) {
    return field.getOptions().getExtension(Options.field);
  }
}
