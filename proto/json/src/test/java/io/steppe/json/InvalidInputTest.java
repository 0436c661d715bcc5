package io.steppe.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import io.steppe.json.InvalidJsonException.Kind;
import io.steppe.proto.v1.Affinity;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobRegisterRequest;
import io.steppe.proto.v1.MemoryStats;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeUpdateEligibilityRequest;
import io.steppe.proto.v1.StreamFrame;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Input that is wrong is refused with a text that says where; input that is odd is read as clients
 * of this API expect.
 */
class InvalidInputTest {

  @Test
  void aWrongTypeNamesTheField() {
    assertEquals(
        "json: cannot unmarshal number into Go struct field NodeUpdateEligibilityRequest.Eligibility of type string",
        refused(
            Kind.TYPE, "{\"Eligibility\": 3}", NodeUpdateEligibilityRequest.getDefaultInstance()));
    assertEquals(
        "json: cannot unmarshal string into Go struct field TaskGroup.Job.TaskGroups.Count of type int64",
        refused(
            Kind.TYPE,
            "{\"Job\":{\"TaskGroups\":[{\"count\":\"3\"}]}}",
            JobRegisterRequest.getDefaultInstance()));
    assertEquals(
        "json: cannot unmarshal array into Go struct field JobRegisterRequest.Job of type api.Job",
        refused(Kind.TYPE, "{\"Job\":[]}", JobRegisterRequest.getDefaultInstance()));
    assertEquals(
        "json: cannot unmarshal number 1.5 into Go struct field Job.Priority of type int64",
        refused(Kind.TYPE, "{\"Priority\":1.5}", Job.getDefaultInstance()));
    assertEquals(
        "json: cannot unmarshal string into Go value of type api.Job",
        refused(Kind.TYPE, "\"job\"", Job.getDefaultInstance()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Stop\":1}",
        "{\"ID\":{}}",
        "{\"ID\":[\"a\"]}",
        "{\"Priority\":9223372036854775808}",
        "{\"Version\":-1}",
        "{\"Version\":18446744073709551616}",
        "{\"Datacenters\":\"dc1\"}",
        "{\"Datacenters\":[1]}",
        "{\"Meta\":[]}",
        "{\"Meta\":{\"a\":1}}",
        "{\"TaskGroups\":{}}",
        "{\"TaskGroups\":[1]}",
        "{\"Payload\":\"no base 64!\"}",
        "[]",
        "1"
      })
  void wrongTypesAreRefused(String json) {
    refused(Kind.TYPE, json, Job.getDefaultInstance());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{nope|invalid character 'n' looking for beginning of object key string",
        "nope|invalid character 'n' looking for beginning of value",
        "{\"ID\":nope}|invalid character 'n' looking for beginning of value",
        "{\"ID\":\"a\" \"b\"}|invalid character '\"' after object key:value pair",
        "{\"ID\" \"b\"}|invalid character '\"' after object key",
        "{\"Datacenters\":[1 2]}|invalid character '2' after array element",
        "{\"ID\":\"a\"|unexpected EOF",
        "{\"ID\":\"a|unexpected EOF",
        "``|EOF",
        "` `|EOF",
        "{} {}|invalid character '{' after top-level value",
        "{}x|invalid character 'x' after top-level value",
        "{}]|invalid character ']' after top-level value"
      })
  void whatIsNoJsonIsRefused(String json, String text) {
    assertEquals(
        text,
        refused(
            Kind.SYNTAX,
            json,
            json.contains("Datacenters") ? Node.getDefaultInstance() : Job.getDefaultInstance()));
  }

  @Test
  void otherEncodingsAreRefused() {
    for (byte[] json :
        new byte[][] {
          "{}".getBytes(StandardCharsets.UTF_16LE),
          "\uFEFF{}".getBytes(UTF_8),
          {'{', (byte) 0xFF, '}'}
        }) {
      InvalidJsonException e =
          assertThrows(InvalidJsonException.class, () -> Json.read(json, Job.getDefaultInstance()));
      assertEquals(Kind.SYNTAX, e.kind());
    }
  }

  @Test
  void depthIsBounded() {
    int levels = 100_000;
    String deep = "{\"Unknown\":" + "[".repeat(levels) + "]".repeat(levels) + "}";
    assertEquals("exceeded max depth", refused(Kind.SYNTAX, deep, Job.getDefaultInstance()));
    String config =
        "{\"TaskGroups\":[{\"Tasks\":[{\"Config\":"
            + "[".repeat(levels)
            + "]".repeat(levels)
            + "}]}]}";
    assertEquals("exceeded max depth", refused(Kind.SYNTAX, config, Job.getDefaultInstance()));
  }

  @Test
  void theLastOfEqualKeysWins() {
    Job job =
        read(
            "{\"ID\":\"a\",\"id\":\"b\",\"Datacenters\":[\"x\"],\"datacenters\":[\"y\"],\"Meta\":{\"k\":\"1\",\"k\":\"2\"}}",
            Job.getDefaultInstance());
    assertEquals(Job.newBuilder().setId("b").addDatacenters("y").putMeta("k", "2").build(), job);
  }

  @Test
  void keysOfMapsAreKeptAsTheyAre() {
    Job job = read("{\"meta\":{\"Key\":\"1\",\"key\":\"2\",\"\":null}}", Job.getDefaultInstance());
    assertEquals(
        Job.newBuilder().putMeta("Key", "1").putMeta("key", "2").putMeta("", "").build(), job);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ \"command\" : \"/bin/sh\",\n\t\"args\":[ ] }",
        "{\"b\":1,\"a\":2,\"b\":3}",
        "\"plain \\u0041 \\/ text\"",
        "1.00",
        "-0",
        "12",
        "1E+2",
        "true",
        "[1 , 2]",
        "\"größe \\ud83d\\ude00 €\""
      })
  void rawValuesAreKeptByteForByte(String config) {
    String json =
        "{\"größe\":1,\"TaskGroups\":[{\"Tasks\":[{\"Name\":\"€\", \"Config\" :  "
            + config
            + "\n ,\"Driver\":\"d\"}]}]}";
    Job job = read(json, Job.getDefaultInstance());
    assertEquals(config, job.getTaskGroups(0).getTasks(0).getConfig().toStringUtf8());
    assertEquals("d", job.getTaskGroups(0).getTasks(0).getDriver());
    String written = new String(Json.write(job), UTF_8);
    assertTrue(written.contains("\"Config\":" + config + ","), written);
  }

  @Test
  void aRawValueLongerThanAnyBufferIsKept() {
    String config = "{\"text\": \"" + "x".repeat(3_000_000) + "\"}";
    String json = "{\"TaskGroups\":[{\"Tasks\":[{\"Config\":" + config + "}]}]}";
    Job job = read(json, Job.getDefaultInstance());
    assertEquals(config, job.getTaskGroups(0).getTasks(0).getConfig().toStringUtf8());
    Job again = Json.read(Json.write(job), Job.getDefaultInstance());
    assertEquals(config, again.getTaskGroups(0).getTasks(0).getConfig().toStringUtf8());
  }

  @Test
  void textsThatUtf8HasNoWordForAreReplaced() {
    Job job =
        read(
            "{\"ID\":\"a\\ud800b\\udc00\",\"Meta\":{\"k\\ud83d\\uDe00\\n\\udfff\":\"\\ud83d\\ude00\"}}",
            Job.getDefaultInstance());
    assertEquals(
        Job.newBuilder()
            .setId("a\uFFFDb\uFFFD")
            .putMeta("k\uD83D\uDE00\n\uFFFD", "\uD83D\uDE00")
            .build(),
        job);
  }

  @Test
  void timesOfEveryZoneAreRead() {
    assertEquals(1_795_224_191_620_600_472L, time("2026-11-21T01:23:11.620600472Z"));
    assertEquals(1_795_224_191_000_000_000L, time("2026-11-21T02:23:11+01:00"));
    assertEquals(1_795_224_191_000_000_000L, time("2026-11-21T01:23:11.0Z"));
    assertEquals(1_795_224_191_500_000_000L, time("2026-11-20T22:23:11.5-03:00"));
    assertEquals(-500_000_000L, time("1969-12-31T23:59:59.5Z"));
    assertEquals(0, time("0001-01-01T00:00:00Z"));
    for (String wrong :
        List.of("2026-13-01T00:00:00Z", "2026-11-21T24:00:01Z", "2026-11-21 01:23:11Z")) {
      refused(Kind.TYPE, "{\"ModTime\":\"" + wrong + "\"}", AllocFileInfo.getDefaultInstance());
    }
    refused(Kind.TYPE, "{\"ModTime\":\"yesterday\"}", AllocFileInfo.getDefaultInstance());
    refused(
        Kind.TYPE, "{\"ModTime\":\"9999-01-01T00:00:00Z\"}", AllocFileInfo.getDefaultInstance());
    refused(Kind.TYPE, "{\"ModTime\":12}", AllocFileInfo.getDefaultInstance());
  }

  @Test
  void absenceIsKeptApartFromZero() {
    assertEquals(Affinity.getDefaultInstance(), read("{}", Affinity.getDefaultInstance()));
    assertTrue(read("{\"Weight\":0}", Affinity.getDefaultInstance()).hasWeight());
    assertEquals("{}", new String(Json.write(StreamFrame.getDefaultInstance()), UTF_8));
  }

  @Test
  void largeUnsignedNumbersAreKept() {
    MemoryStats stats = read("{\"RSS\":18446744073709551615}", MemoryStats.getDefaultInstance());
    assertEquals(-1, stats.getRss());
    assertTrue(new String(Json.write(stats), UTF_8).startsWith("{\"RSS\":18446744073709551615,"));
  }

  @Property(tries = 2000)
  void damagedDocumentsAreReadOrRefused(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 10_000) int at, @ForAll byte damage) {
    byte[] json = Json.write(new RandomMessages(seed).next(Job.getDefaultInstance()));
    json[at % json.length] = damage;
    try {
      Json.write(Json.read(json, Job.getDefaultInstance()));
    } catch (InvalidJsonException e) {
      assertTrue(e.getMessage().length() > 2, "a text for the client");
    }
  }

  private static long time(String text) {
    return read("{\"ModTime\":\"" + text + "\"}", AllocFileInfo.getDefaultInstance()).getModTime();
  }

  private static <T extends Message> T read(String json, T prototype) {
    return Json.read(json.getBytes(UTF_8), prototype);
  }

  private static String refused(Kind kind, String json, Message prototype) {
    InvalidJsonException e = assertThrows(InvalidJsonException.class, () -> read(json, prototype));
    assertEquals(kind, e.kind(), e::getMessage);
    return e.getMessage();
  }
}
