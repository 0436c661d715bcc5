package io.steppe.json.generator;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.steppe.proto.json.Format;
import io.steppe.proto.json.Options;

/**
 * Expressions that write and read one value: of a field, of a list's elements or of a map's values.
 */
record ValueSource(FieldDescriptor field, String key) {

  /** Statement that writes {@code value} (an expression). */
  String write(String value) {
    return switch (kind()) {
      case STRING -> "out.writeString(" + value + ");";
      case BOOL -> "out.writeBoolean(" + value + ");";
      case INT32, INT64 -> "out.writeNumber(" + value + ");";
      case UINT64 -> "JsonWrite.unsigned(out, " + value + ");";
      case DOUBLE -> "JsonWrite.floating(out, " + value + ");";
      case BASE64 -> "JsonWrite.base64(out, " + value + ");";
      case RAW -> "JsonWrite.raw(out, " + value + ");";
      case TIME -> "JsonWrite.time(out, " + value + ");";
      case DURATION -> "JsonWrite.duration(out, " + value + ");";
      case MESSAGE, NULLABLE -> type() + "Json.write(" + value + ", out);";
    };
  }

  /**
   * Expression that reads a value that is not {@code null}, and is an error where it has another
   * type.
   */
  String read(String owner) {
    String place = "\"" + owner + "\", \"" + key + "\"";
    return switch (kind()) {
      case STRING -> "in.string(" + place + ")";
      case BOOL -> "in.bool(" + place + ")";
      case INT32 -> "in.int32(" + place + ")";
      case INT64 -> "in.int64(" + place + ")";
      case UINT64 -> "in.uint64(" + place + ")";
      case DOUBLE -> "in.float64(" + place + ")";
      case BASE64 -> "in.base64(" + place + ")";
      case RAW -> "in.raw()";
      case TIME -> "in.time(" + place + ")";
      case DURATION -> "in.duration(" + place + ")";
      case MESSAGE -> type() + "Json.read(in.object(" + place + ", \"" + goType() + "\"))";
      case NULLABLE -> type() + "Json.read(in)";
    };
  }

  /** Function from a value to what is found under its key. */
  String found() {
    return switch (kind()) {
      case STRING -> "Value.Text::new";
      case BOOL -> "Value.Bool::new";
      case INT32, INT64 -> "Value.Whole::new";
      case UINT64 -> "Value.Unsigned::new";
      case DOUBLE -> "Value.Real::new";
      case BASE64 -> "Value.Bytes::new";
      case RAW -> "RawValues::of";
      case TIME -> "Value.Time::new";
      case DURATION -> "Value.Whole::new";
      case MESSAGE, NULLABLE -> type() + "Json::value";
    };
  }

  /** Expression of what is found where {@code value} (an expression) is. */
  String found(String value) {
    String function = found();
    int end = function.indexOf("::");
    String type = function.substring(0, end);
    return function.endsWith("::new")
        ? "new " + type + "(" + value + ")"
        : type + "." + function.substring(end + 2) + "(" + value + ")";
  }

  /** Expression of the value that {@code null} stands for in a list or a map. */
  String zero() {
    return switch (kind()) {
      case STRING -> "\"\"";
      case BOOL -> "false";
      case INT32, INT64, UINT64, TIME, DURATION -> "0";
      case DOUBLE -> "0.0";
      case BASE64, RAW -> "com.google.protobuf.ByteString.EMPTY";
      case MESSAGE, NULLABLE -> "io.steppe.proto.v1." + type() + ".getDefaultInstance()";
    };
  }

  /** Expression that is true where {@code value} (an expression) is as good as unset. */
  String isEmpty(String value) {
    return switch (kind()) {
      case STRING, BASE64, RAW -> value + ".isEmpty()";
      case BOOL -> "!" + value;
      case INT32, INT64, UINT64, TIME, DURATION -> value + " == 0";
      case DOUBLE -> value + " == 0.0";
      case MESSAGE, NULLABLE -> throw new IllegalStateException("A message is unset or not");
    };
  }

  /** The type's name as clients know it from error texts. */
  String goType() {
    return switch (kind()) {
      case STRING -> "string";
      case BOOL -> "bool";
      case INT32, INT64 -> "int64";
      case UINT64 -> "uint64";
      case DOUBLE -> "float64";
      case BASE64 -> "[]uint8";
      case RAW -> "interface {}";
      case TIME -> "time.Time";
      case DURATION -> "time.Duration";
      case MESSAGE, NULLABLE -> "api." + type();
    };
  }

  boolean isMessage() {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
  }

  Kind kind() {
    Format format = field.getOptions().getExtension(Options.field).getFormat();
    return switch (field.getType()) {
      case STRING -> Kind.STRING;
      case BOOL -> Kind.BOOL;
      case INT32, SINT32, SFIXED32 -> Kind.INT32;
      case INT64, SINT64, SFIXED64 ->
          switch (format) {
            case RFC3339 -> Kind.TIME;
            case DURATION -> Kind.DURATION;
            default -> Kind.INT64;
          };
      case UINT64, FIXED64 -> Kind.UINT64;
      case DOUBLE -> Kind.DOUBLE;
      case BYTES -> format == Format.RAW ? Kind.RAW : Kind.BASE64;
      case MESSAGE ->
          MessageSource.isNullable(field.getMessageType()) ? Kind.NULLABLE : Kind.MESSAGE;
      case UINT32, FIXED32, FLOAT, ENUM, GROUP ->
          throw new IllegalArgumentException(
              field.getFullName() + ": no JSON for the type " + field.getType());
    };
  }

  private String type() {
    return field.getMessageType().getName();
  }

  enum Kind {
    STRING,
    BOOL,
    INT32,
    INT64,
    UINT64,
    DOUBLE,
    BASE64,
    RAW,
    TIME,
    DURATION,
    MESSAGE,
    NULLABLE
  }
}
