package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
          "Allocation/AllocationUpdateDesiredStatus",
          "ACLToken/ACLTokenUpserted",
          "ACLToken/ACLTokenDeleted",
          "ACLPolicy/ACLPolicyUpserted",
          "ACLPolicy/ACLPolicyDeleted",
          "ACLRole/ACLRoleUpserted",
          "ACLRole/ACLRoleDeleted",
          "ACLAuthMethod/ACLAuthMethodUpserted",
          "ACLAuthMethod/ACLAuthMethodDeleted",
          "ACLBindingRule/ACLBindingRuleUpserted",
          "ACLBindingRule/ACLBindingRuleDeleted");

  private static final String CLIENT_SECRET = "what the provider knows us by";

  @Test
  void everyTypeIsSeenBecauseItsCauseHappened() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(COLLECTING, "--name", "types", "--acl")) {
      JsonNode first = cluster.api().send("PUT", "/v1/acl/bootstrap", null).ok().json();
      Api api = cluster.api().as(first.path("SecretID").asText());
      Set<String> missing = new ConcurrentSkipListSet<>(TYPES);
      try (InputStream stream = api.stream("/v1/event/stream?index=1&namespace=*")) {
        Future<List<JsonNode>> seen = follow(stream, missing);
        String secret = rights(api);
        pools(api);
        jobs(api);
        nodes(api);
        List<JsonNode> events = await(seen, missing);
        events.forEach(EventTypesTest::assertIdentified);
        assertCollectedJobIsShownAsItWas(events);
        for (String unsaid : List.of(api.token(), secret, CLIENT_SECRET)) {
          assertFalse(events.toString().contains(unsaid), "an event says a secret");
        }
      }
    }
  }

  /** Reads while causes happen; the events, once no type is missing. */
  private static Future<List<JsonNode>> follow(InputStream stream, Set<String> missing) {
    FutureTask<List<JsonNode>> seen = new FutureTask<>(() -> seen(stream, missing));
    Thread.ofVirtual().name("reader of all types").start(seen);
    return seen;
  }

  private static List<JsonNode> await(Future<List<JsonNode>> seen, Set<String> missing)
      throws Exception {
    try {
      return seen.get(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("never seen: " + missing, e);
    }
  }

  /** The secret of a token that was there for a while. */
  private static String rights(Api api) throws Exception {
    put(api, "/v1/acl/policy/p", "{\"Name\":\"p\",\"Rules\":\"node { policy = \\\"read\\\" }\"}");
    String role =
        made(api, "/v1/acl/role", "{\"Name\":\"r\",\"Policies\":[{\"Name\":\"p\"}]}", "ID");
    Api.Answer token =
        api.send("PUT", "/v1/acl/token", "{\"Type\":\"client\",\"Policies\":[\"p\"]}").ok();
    put(
        api,
        "/v1/acl/auth-method",
        """
        {"Name": "sso", "Type": "OIDC", "TokenLocality": "local", "MaxTokenTTL": "1h", "Config": {
          "OIDCDiscoveryURL": "http://127.0.0.1:9", "OIDCClientID": "c", "OIDCClientSecret": "%s"}}
        """
            .formatted(CLIENT_SECRET));
    String rule =
        made(
            api,
            "/v1/acl/binding-rule",
            "{\"AuthMethod\":\"sso\",\"BindType\":\"policy\",\"BindName\":\"p\"}",
            "ID");
    delete(api, "/v1/acl/binding-rule/" + rule);
    delete(api, "/v1/acl/auth-method/sso");
    delete(api, "/v1/acl/token/" + token.json().path("AccessorID").asText());
    delete(api, "/v1/acl/role/" + role);
    delete(api, "/v1/acl/policy/p");
    return token.json().path("SecretID").asText();
  }

  private static String made(Api api, String path, String body, String id) throws Exception {
    return api.send("PUT", path, body).ok().json().path(id).asText();
  }

  private static void delete(Api api, String path) throws Exception {
    api.send("DELETE", path, null).ok();
  }

  private static void pools(Api api) throws Exception {
    put(api, "/v1/node/pools", "{\"Name\":\"blue\",\"Description\":\"one\"}");
    delete(api, "/v1/node/pool/blue");
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

  private static List<JsonNode> seen(InputStream stream, Set<String> missing) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    while (!missing.isEmpty()) {
      String line = lines.readLine();
      if (line == null) {
        throw new AssertionError("the stream ended; never seen: " + missing);
      }
      for (JsonNode event : Api.parse(line).path("Events")) {
        missing.remove(event.path("Topic").asText() + "/" + event.path("Type").asText());
        events.add(event);
      }
    }
    return events;
  }

  private static void assertIdentified(JsonNode event) {
    String topic = event.path("Topic").asText();
    JsonNode object = event.path("Payload").path(topic);
    String id =
        switch (topic) {
          case "NodePool", "ACLPolicy", "ACLAuthMethod" -> "Name";
          case "ACLToken" -> "AccessorID";
          default -> "ID";
        };
    assertEquals(object.path(id), event.path("Key"), event::toString);
    boolean global = topic.startsWith("Node") || topic.startsWith("ACL");
    assertEquals(global ? "" : object.path("Namespace").asText(), event.path("Namespace").asText());
    List<String> filters = new ArrayList<>();
    event.path("FilterKeys").forEach(filter -> filters.add(filter.asText()));
    List<String> expected =
        switch (topic) {
          case "Allocation", "Evaluation" ->
              List.of(object.path("JobID").asText(), object.path("DeploymentID").asText());
          case "ACLRole" -> List.of(object.path("Name").asText());
          case "ACLBindingRule" -> List.of(object.path("AuthMethod").asText());
          default -> List.of();
        };
    assertEquals(expected, filters, event::toString);
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
