package io.steppe.json;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Message;
import io.steppe.proto.v1.AgentHealth;
import io.steppe.proto.v1.AgentHost;
import io.steppe.proto.v1.AgentJoinResponse;
import io.steppe.proto.v1.AgentSelf;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.proto.v1.AllocListStub;
import io.steppe.proto.v1.AllocResourceUsage;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.AllocationPayload;
import io.steppe.proto.v1.DeploymentPayload;
import io.steppe.proto.v1.EvaluationPayload;
import io.steppe.proto.v1.Events;
import io.steppe.proto.v1.HostStats;
import io.steppe.proto.v1.JobPayload;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeDrainUpdateResponse;
import io.steppe.proto.v1.NodeEligibilityUpdateResponse;
import io.steppe.proto.v1.NodeListStub;
import io.steppe.proto.v1.NodeMetadata;
import io.steppe.proto.v1.NodePayload;
import io.steppe.proto.v1.NodeUpdateResponse;
import io.steppe.proto.v1.ServerMembers;
import io.steppe.proto.v1.ServicePayload;
import io.steppe.proto.v1.StreamFrame;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Real documents, read into their messages and written again, have the same keys, order, nulls and
 * formats.
 */
class SamplesTest {
  private static final ObjectMapper TREES = new ObjectMapper();

  private static final Map<String, Message> PAYLOADS =
      Map.of(
          "Node", NodePayload.getDefaultInstance(),
          "Job", JobPayload.getDefaultInstance(),
          "Evaluation", EvaluationPayload.getDefaultInstance(),
          "Allocation", AllocationPayload.getDefaultInstance(),
          "Deployment", DeploymentPayload.getDefaultInstance(),
          "Service", ServicePayload.getDefaultInstance());

  @TestFactory
  Stream<DynamicTest> documents() {
    return Stream.of(
        whole("node-read.json", Node.getDefaultInstance()),
        whole("node-list.json", NodeListStub.getDefaultInstance()),
        whole("alloc-read.json", Allocation.getDefaultInstance()),
        whole("alloc-list.json", AllocListStub.getDefaultInstance()),
        whole("agent-self.json", AgentSelf.getDefaultInstance()),
        whole("agent-host.json", AgentHost.getDefaultInstance()),
        part("node-writes.json", "/evaluate/response", NodeUpdateResponse.getDefaultInstance()),
        part("node-writes.json", "/purge/response", NodeUpdateResponse.getDefaultInstance()),
        part("node-writes.json", "/drain/response", NodeDrainUpdateResponse.getDefaultInstance()),
        part(
            "node-writes.json",
            "/drain-off-eligible/response",
            NodeDrainUpdateResponse.getDefaultInstance()),
        part(
            "node-writes.json",
            "/eligibility-ineligible/response",
            NodeEligibilityUpdateResponse.getDefaultInstance()),
        whole("agent-members.json", ServerMembers.getDefaultInstance()),
        whole("client-stats.json", HostStats.getDefaultInstance()),
        whole("client-alloc-stats.json", AllocResourceUsage.getDefaultInstance()),
        whole("client-metadata.json", NodeMetadata.getDefaultInstance()),
        part("client-fs.json", "/ls", AllocFileInfo.getDefaultInstance()),
        part("client-fs.json", "/stat", AllocFileInfo.getDefaultInstance()),
        part("client-logs-frames.json", "/frames", StreamFrame.getDefaultInstance()),
        part(
            "agent-health-join-servers.json", "/health/response", AgentHealth.getDefaultInstance()),
        part(
            "agent-health-join-servers.json",
            "/health-client/response",
            AgentHealth.getDefaultInstance()),
        part(
            "agent-health-join-servers.json",
            "/join-bad/response",
            AgentJoinResponse.getDefaultInstance()));
  }

  @TestFactory
  Stream<DynamicTest> events() throws IOException {
    List<String> lines =
        new String(bytes("event-stream.ndjson"), StandardCharsets.UTF_8).lines().toList();
    assertFalse(lines.isEmpty());
    return lines.stream()
        .filter(line -> !line.equals("{}"))
        .map(
            line ->
                DynamicTest.dynamicTest(
                    line.substring(0, Math.min(60, line.length())), () -> checkEvents(line)));
  }

  private static void checkEvents(String line) throws IOException {
    JsonNode expected = TREES.readTree(line);
    checkSame(expected, Events.getDefaultInstance());
    for (JsonNode event : expected.get("Events")) {
      checkSame(event.get("Payload"), PAYLOADS.get(event.get("Topic").asText()));
    }
  }

  private static DynamicTest whole(String file, Message type) {
    return part(file, "", type);
  }

  private static DynamicTest part(String file, String pointer, Message type) {
    return DynamicTest.dynamicTest(
        file + pointer,
        () -> {
          JsonNode document = TREES.readTree(bytes(file)).at(pointer);
          if (document.isArray()) {
            assertAll(
                StreamSupport.stream(document.spliterator(), false)
                    .map(element -> () -> checkSame(element, type)));
          } else {
            checkSame(document, type);
          }
        });
  }

  private static void checkSame(JsonNode expected, Message type) throws IOException {
    byte[] written = Json.write(Json.read(TREES.writeValueAsBytes(expected), type));
    List<String> differences = new ArrayList<>();
    compare("", expected, TREES.readTree(written), differences);
    assertEquals(List.of(), differences);
  }

  private static void compare(
      String at, JsonNode expected, JsonNode actual, List<String> differences) {
    if (expected.isObject() && actual.isObject()) {
      compareKeys(at, names(expected), names(actual), differences);
      expected
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (actual.has(name)) {
                  compare(at + "/" + name, expected.get(name), actual.get(name), differences);
                }
              });
    } else if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
      for (int i = 0; i < expected.size(); i++) {
        compare(at + "/" + i, expected.get(i), actual.get(i), differences);
      }
    } else if (!expected.equals(actual)) {
      differences.add(at + ": expected " + expected + " but was " + actual);
    }
  }

  /**
   * Same keys in the same order; maps, which come in no order, are written sorted; agent/self sorts
   * the member's keys, too.
   */
  private static void compareKeys(
      String at, List<String> expected, List<String> actual, List<String> differences) {
    List<String> sorted = expected.stream().sorted().toList();
    boolean unordered =
        sorted.equals(actual)
            || at.equals("/member") && sorted.equals(actual.stream().sorted().toList());
    if (!expected.equals(actual) && !unordered) {
      differences.add(at + ": expected keys " + expected + " but were " + actual);
    }
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static byte[] bytes(String file) throws IOException {
    try (InputStream in = SamplesTest.class.getResourceAsStream("/samples/" + file)) {
      return in.readAllBytes();
    }
  }

  @Test
  void readingAndWritingLinesOfTheStreamGivesTheirText() throws IOException {
    String expected = "{\"Index\":7,\"Events\":null}\n";
    assertEquals(
        expected,
        new String(
            Json.writeLine(Events.newBuilder().setIndex(7).build()), StandardCharsets.UTF_8));
  }
}
