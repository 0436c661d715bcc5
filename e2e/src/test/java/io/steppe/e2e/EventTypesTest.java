package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every type of event that has its cause is seen because its cause happened, with the key,
 * namespace and filter keys that Nomad gives it.
 */
class EventTypesTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** What is over is collected at once. */
  private static final Map<String, String> COLLECTING =
      Map.of(
          "STEPPE_ALLOC_GC_INTERVAL", "1S",
          "STEPPE_ALLOC_GC_EVALUATION_AGE", "1S",
          "STEPPE_ALLOC_GC_BATCH_EVALUATION_AGE", "1S",
          "STEPPE_ALLOC_GC_JOB_AGE", "1S");

  private static final Set<String> TYPES =
      Set.of(
          "Node/NodeRegistration",
          "Node/NodeStreamEvent",
          "Node/NodeEligibility",
          "Node/NodeDrain",
          "Node/NodeDeregistration",
          "NodePool/NodePoolUpserted",
          "NodePool/NodePoolDeleted",
          "Job/JobRegistered",
          "Job/PlanResult",
          "Job/AllocationUpdated",
          "Job/JobDeregistered",
          "Job/JobBatchDeregistered",
          "Evaluation/JobRegistered",
          "Evaluation/JobDeregistered",
          "Evaluation/AllocationUpdateDesiredStatus",
          "Evaluation/EvaluationUpdated",
          "Allocation/PlanResult",
          "Allocation/AllocationUpdated",
          "Allocation/AllocationUpdateDesiredStatus");

  @Test
  void everyTypeIsSeenBecauseItsCauseHappened() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(COLLECTING, "--name", "types")) {
      Api api = cluster.api();
      pools(api);
      jobs(api);
      nodes(api);
      List<JsonNode> events = seen(api);
      events.forEach(EventTypesTest::assertIdentified);
      assertCollectedJobIsShownAsItWas(events);
    }
  }

  private static void pools(Api api) throws Exception {
    put(api, "/v1/node/pools", "{\"Name\":\"blue\",\"Description\":\"one\"}");
    api.send("DELETE", "/v1/node/pool/blue", null).ok();
  }

  private static void jobs(Api api) throws Exception {
    api.register(Api.shellJob("quick", "batch", 1, "true"));
    api.awaitOver("quick", SOON);
    api.register(Api.shellJob("long", "service", 1, "exec sleep 600"));
    JsonNode allocation = api.awaitRunning("long", 1, SOON).getFirst();
    put(api, "/v1/allocation/" + allocation.path("ID").asText() + "/stop", "");
    Wait.until(
        SOON,
        "another in its place",
        () -> api.awaitRunning("long", 1, SOON).getFirst().path("ID"),
        id -> !id.equals(allocation.path("ID")));
  }

  private static void nodes(Api api) throws Exception {
    String node = "/v1/node/" + api.readyNodes().iterator().next();
    put(api, node + "/eligibility", "{\"Eligibility\":\"ineligible\"}");
    put(api, node + "/eligibility", "{\"Eligibility\":\"eligible\"}");
    put(api, node + "/drain", "{\"DrainSpec\":{\"Deadline\":-1}}");
    Wait.until(
        SOON, "the drain ends", () -> api.get(node), one -> one.path("DrainStrategy").isNull());
    api.stopJob("long");
    api.awaitOver("long", SOON);
    put(api, node + "/purge", "");
  }

  private static void put(Api api, String path, String body) throws Exception {
    api.send("PUT", path, body).ok();
  }

  /** All events until each type was seen. */
  private static List<JsonNode> seen(Api api) throws Exception {
    Set<String> missing = new TreeSet<>(TYPES);
    List<JsonNode> events = new ArrayList<>();
    try (BufferedReader stream = api.lines("/v1/event/stream?index=1&namespace=*")) {
      String line = stream.readLine();
      while (line != null && !missing.isEmpty()) {
        for (JsonNode event : Api.parse(line).path("Events")) {
          missing.remove(event.path("Topic").asText() + "/" + event.path("Type").asText());
          events.add(event);
        }
        line = missing.isEmpty() ? null : stream.readLine();
      }
    } catch (java.io.IOException closed) {
      throw new AssertionError("never seen: " + missing, closed);
    }
    assertTrue(missing.isEmpty(), () -> "never seen: " + missing);
    return events;
  }

  private static void assertIdentified(JsonNode event) {
    String topic = event.path("Topic").asText();
    JsonNode object = event.path("Payload").path(topic);
    String id = topic.equals("NodePool") ? "Name" : "ID";
    assertEquals(object.path(id), event.path("Key"), event::toString);
    boolean global = topic.startsWith("Node");
    assertEquals(global ? "" : object.path("Namespace").asText(), event.path("Namespace").asText());
    List<String> filters = new ArrayList<>();
    event.path("FilterKeys").forEach(filter -> filters.add(filter.asText()));
    boolean ofJob = topic.equals("Allocation") || topic.equals("Evaluation");
    assertEquals(
        ofJob
            ? List.of(object.path("JobID").asText(), object.path("DeploymentID").asText())
            : List.of(),
        filters,
        event::toString);
    assertEquals("", object.path("SecretID").asText());
    assertTrue(object.path("Job").isMissingNode() || object.path("Job").isNull());
  }

  private static void assertCollectedJobIsShownAsItWas(List<JsonNode> events) {
    JsonNode collected =
        events.stream()
            .filter(event -> event.path("Type").asText().equals("JobBatchDeregistered"))
            .findFirst()
            .orElseThrow();
    assertTrue(collected.path("Payload").path("Deleted").asBoolean());
    assertEquals("dead", collected.path("Payload").path("Job").path("Status").asText());
    assertFalse(collected.path("Payload").path("Job").path("TaskGroups").isEmpty());
  }
}
