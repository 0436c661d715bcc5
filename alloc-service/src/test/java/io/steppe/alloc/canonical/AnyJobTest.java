package io.steppe.alloc.canonical;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.steppe.proto.v1.Job;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever a client sends: it is made canonical once and for all, and judged without a stumble. */
class AnyJobTest {
  private static final int DEPTH = 7;
  private static final List<String> WORDS =
      List.of(
          "",
          "a",
          "web",
          "service",
          "batch",
          "system",
          "sysbatch",
          "${attr.x}",
          "${",
          "(",
          "=",
          "regexp",
          "version",
          "distinct_property",
          "99999999999999999999",
          "..",
          "../..",
          "a b",
          "\0",
          "constant",
          "delay",
          "cron",
          "é");
  private static final List<Long> NUMBERS =
      List.of(0L, 1L, -1L, 10L, 65536L, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE);

  @Property(tries = 300)
  void isTakenOrRefused(@ForAll long seed) throws InvalidProtocolBufferException {
    Job job =
        Job.parseFrom(
            random(Job.getDefaultInstance(), new SplittableRandom(seed), DEPTH).toByteString());
    Job canonical = Canonicaliser.canonicalise(job);
    assertEquals(canonical, Canonicaliser.canonicalise(canonical));
    assertNotNull(Validator.validate(canonical).error());
    assertNotNull(Validator.validate(canonical).warning());
  }

  /** Made canonical a second time, its groups got an update they had not asked for. */
  @Example
  void anUpdateThatSaysNothingIsNone() throws InvalidProtocolBufferException {
    isTakenOrRefused(-265049);
  }

  private static Message random(Message prototype, SplittableRandom random, int depth) {
    var message = DynamicMessage.newBuilder(prototype.getDescriptorForType());
    for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
      if (random.nextInt(3) == 0) {
        continue;
      }
      if (field.isRepeated()) {
        for (int i = random.nextInt(3); i > 0; i--) {
          if (depth > 0 || field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            message.addRepeatedField(field, value(field, random, depth));
          }
        }
      } else if (depth > 0 || field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        message.setField(field, value(field, random, depth));
      }
    }
    return message.build();
  }

  private static Object value(FieldDescriptor field, SplittableRandom random, int depth) {
    return switch (field.getJavaType()) {
      case STRING -> WORDS.get(random.nextInt(WORDS.size()));
      case LONG -> NUMBERS.get(random.nextInt(NUMBERS.size()));
      case INT -> NUMBERS.get(random.nextInt(NUMBERS.size())).intValue();
      case BOOLEAN -> random.nextBoolean();
      case DOUBLE -> random.nextDouble();
      case FLOAT -> (float) random.nextDouble();
      case BYTE_STRING -> ByteString.copyFromUtf8("{}");
      case ENUM -> field.getEnumType().getValues().getFirst();
      case MESSAGE ->
          random(DynamicMessage.getDefaultInstance(field.getMessageType()), random, depth - 1);
    };
  }
}
