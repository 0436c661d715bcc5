package io.steppe.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.steppe.proto.json.Empty;
import io.steppe.proto.json.FieldJson;
import io.steppe.proto.json.Format;
import io.steppe.proto.json.Options;
import java.util.Random;

/** Messages with random values in random fields, of those that JSON can tell apart. */
final class RandomMessages {
  private static final int MAX_DEPTH = 6;
  private static final String[] TEXTS = {
    "",
    "a",
    "two words",
    "\"quoted\" \\ back",
    "<html>&amp;</html>",
    "tab\tline\nend\u0001",
    "größe €",
    "\uD83D\uDE00",
    "\u2028",
    "null",
    "0"
  };
  private static final String[] RAW = {
    "{}",
    "[1, 2]",
    "{ \"a\" : {\"b\":[ ]} }",
    "\"text\\n\"",
    "12.50",
    "-0",
    "true",
    "{\n  \"x\": 1e3\n}"
  };

  private final Random random;

  RandomMessages(long seed) {
    random = new Random(seed);
  }

  /** A message of the prototype's type. */
  <T extends Message> T next(T prototype) {
    @SuppressWarnings("unchecked")
    T filled = (T) fill(prototype.newBuilderForType(), 0).build();
    return filled;
  }

  private Message.Builder fill(Message.Builder builder, int depth) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      FieldJson json = field.getOptions().getExtension(Options.field);
      boolean deepEnough =
          depth > MAX_DEPTH && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      if (json.getEmpty() == Empty.HIDDEN || deepEnough || random.nextInt(3) == 0) {
        continue;
      }
      if (field.isRepeated()) {
        addElements(builder, field, depth);
      } else {
        builder.setField(field, value(builder, field, depth));
      }
    }
    return normal(builder);
  }

  private void addElements(Message.Builder builder, FieldDescriptor field, int depth) {
    for (int i = random.nextInt(4); i > 0; i--) {
      if (field.isMapField()) {
        Message.Builder entry = builder.newBuilderForField(field);
        FieldDescriptor key = entry.getDescriptorForType().findFieldByName("key");
        FieldDescriptor value = entry.getDescriptorForType().findFieldByName("value");
        entry.setField(key, "k" + i + text());
        entry.setField(value, value(entry, value, depth));
        builder.addRepeatedField(field, entry.build());
      } else {
        builder.addRepeatedField(field, value(builder, field, depth));
      }
    }
  }

  /**
   * Fields that are written without presence read back as present or absent: both mean the same,
   * one is chosen.
   */
  private static Message.Builder normal(Message.Builder builder) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      Empty empty = field.getOptions().getExtension(Options.field).getEmpty();
      boolean alwaysWritten =
          empty == Empty.EMPTY
              || empty == Empty.DEFAULT && field.getJavaType() != FieldDescriptor.JavaType.MESSAGE;
      if (alwaysWritten
          && !field.isRepeated()
          && field.hasPresence()
          && !isWrapped(field)
          && !builder.hasField(field)) {
        builder.setField(field, unset(builder, field));
      }
    }
    return builder;
  }

  private static Object unset(Message.Builder builder, FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        ? normal(builder.newBuilderForField(field)).build()
        : field.getDefaultValue();
  }

  private static boolean isWrapped(FieldDescriptor field) {
    return field.getContainingType().getOptions().getExtension(Options.nullable);
  }

  private Object value(Message.Builder builder, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case STRING -> text();
      case BOOLEAN -> random.nextBoolean();
      case INT -> random.nextInt();
      case LONG -> number();
      case DOUBLE -> floating();
      case BYTE_STRING -> bytes(field);
      case MESSAGE -> fill(builder.newBuilderForField(field), depth + 1).build();
      case FLOAT, ENUM ->
          throw new IllegalArgumentException("No such field in the model: " + field.getFullName());
    };
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  private long number() {
    return switch (random.nextInt(4)) {
      case 0 -> 0L;
      case 1 -> random.nextInt(100);
      case 2 -> random.nextLong();
      default -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
    };
  }

  private double floating() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(1000);
      case 1 -> random.nextDouble();
      case 2 -> random.nextGaussian() * 1e9;
      default -> Double.longBitsToDouble(random.nextLong() & ~(1L << 62));
    };
  }

  private ByteString bytes(FieldDescriptor field) {
    if (field.getOptions().getExtension(Options.field).getFormat() == Format.RAW) {
      return ByteString.copyFromUtf8(RAW[random.nextInt(RAW.length)]);
    }
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
