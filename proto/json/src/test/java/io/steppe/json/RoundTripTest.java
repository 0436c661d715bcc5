package io.steppe.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.steppe.proto.json.Empty;
import io.steppe.proto.json.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What is written reads back as the same message, whatever the message, and however a client spells
 * it.
 */
class RoundTripTest {
  private static final ObjectMapper TREES = new ObjectMapper();

  @Property(tries = 3000)
  void whatIsWrittenReadsBack(@ForAll("types") Message type, @ForAll long seed) {
    Message message = new RandomMessages(seed).next(type);
    assertEquals(message, Json.read(Json.write(message), type));
  }

  @Property(tries = 500)
  void writingTwiceGivesTheSameBytes(@ForAll("types") Message type, @ForAll long seed)
      throws IOException {
    Message message = new RandomMessages(seed).next(type);
    Message fromWire = type.getParserForType().parseFrom(message.toByteArray());
    assertArrayEquals(Json.write(message), Json.write(fromWire));
  }

  @Property(tries = 500)
  void layoutDoesNotMatter(@ForAll("types") Message type, @ForAll long seed) throws IOException {
    Message message = new RandomMessages(seed).next(type);
    byte[] json = Json.write(message);
    assertEquals(TREES.readTree(json), TREES.readTree(Json.pretty(json)));
    assertArrayEquals(Json.compact(json), Json.compact(Json.pretty(json)));
    assertEquals(
        1,
        new String(Json.writeLine(message), StandardCharsets.UTF_8)
            .chars()
            .filter(c -> c == '\n')
            .count());
  }

  @Property(tries = 500)
  void keysMatchInAnyCaseAndUnknownOnesAreSkipped(@ForAll("types") Message type, @ForAll long seed)
      throws IOException {
    JsonNode written = TREES.readTree(Json.write(new RandomMessages(seed).next(type)));
    JsonNode spelled = respell(written, type.getDescriptorForType(), new Random(seed));
    byte[] again = Json.write(Json.read(TREES.writeValueAsBytes(spelled), type));
    assertEquals(written, TREES.readTree(again), spelled::toString);
  }

  @Property(tries = 300)
  void nullLeavesEveryFieldUnset(@ForAll("types") Message type) {
    ObjectNode nulls = TREES.createObjectNode();
    type.getDescriptorForType().getFields().forEach(field -> nulls.putNull(field.getJsonName()));
    assertEquals(type, Json.read(nulls.toString().getBytes(StandardCharsets.UTF_8), type));
  }

  @Property(tries = 300)
  void theKeysAreThoseOfTheDefinition(@ForAll("types") Message type) throws IOException {
    JsonNode written = TREES.readTree(Json.write(type));
    List<String> expected =
        type.getDescriptorForType().getFields().stream()
            .filter(field -> !isOne(field, Empty.HIDDEN) && !isOne(field, Empty.OMIT))
            .map(FieldDescriptor::getJsonName)
            .toList();
    List<String> actual = written.properties().stream().map(Map.Entry::getKey).toList();
    assertEquals(expected, actual);
  }

  @Property(tries = 300)
  void aListIsAnArrayOfItsMessages(@ForAll("types") Message type, @ForAll long seed)
      throws IOException {
    RandomMessages random = new RandomMessages(seed);
    List<Message> messages = List.of(random.next(type), random.next(type), random.next(type));
    byte[] json = Json.writeList(messages);
    assertEquals(messages, Json.readList(json, type));
    assertTrue(TREES.readTree(json).isArray());
  }

  @Provide
  Arbitrary<Message> types() {
    return Arbitraries.of(
        Mappers.prototypes().stream()
            .filter(type -> !isNullable(type.getDescriptorForType()))
            .toList());
  }

  private static boolean isOne(FieldDescriptor field, Empty empty) {
    return field.getOptions().getExtension(Options.field).getEmpty() == empty;
  }

  private static boolean isNullable(Descriptor type) {
    return type.getOptions().getExtension(Options.nullable);
  }

  /**
   * The same document with the keys of its messages in other cases, and keys that no message has.
   */
  private static JsonNode respell(JsonNode json, Descriptor type, Random random) {
    if (!json.isObject() || isNullable(type)) {
      return json;
    }
    ObjectNode spelled = TREES.createObjectNode();
    spelled.set("NoSuchKey", json);
    for (FieldDescriptor field : type.getFields()) {
      JsonNode value = json.get(field.getJsonName());
      if (value != null) {
        String key = field.getJsonName();
        spelled.set(
            random.nextBoolean() ? key.toUpperCase(Locale.ROOT) : key.toLowerCase(Locale.ROOT),
            inner(value, field, random));
      }
    }
    return spelled;
  }

  private static JsonNode inner(JsonNode value, FieldDescriptor field, Random random) {
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE || value.isNull()) {
      return value;
    }
    if (field.isMapField()) {
      FieldDescriptor element = field.getMessageType().findFieldByName("value");
      ObjectNode map = TREES.createObjectNode();
      value
          .properties()
          .forEach(entry -> map.set(entry.getKey(), inner(entry.getValue(), element, random)));
      return map;
    }
    if (field.isRepeated()) {
      ArrayNode list = TREES.createArrayNode();
      value.forEach(element -> list.add(respell(element, field.getMessageType(), random)));
      return list;
    }
    return respell(value, field.getMessageType(), random);
  }
}
