package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steppe.e2e.LocalCluster.Running;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A drain of one of three agents that runs all six allocations of a service job, two of which may
 * be away at a time: never fewer than four healthy, looked at throughout; once more with the
 * services that drive the drain killed in the middle.
 */
class DrainTest {
  private static final int COUNT = 6;
  private static final int MAX_PARALLEL = 2;
  private static final Duration MIN_HEALTHY = Duration.ofSeconds(1);
  private static final Duration DRAINED_WITHIN = Duration.ofSeconds(90);

  private static LocalCluster cluster;
  private Api api;
  private String drained;

  @BeforeAll
  static void start() throws Exception {
    cluster = LocalCluster.start("--agents", "3", "--name", "drain");
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void threeNodes() throws Exception {
    api = cluster.api();
    Wait.untilTrue(Duration.ofSeconds(30), "three nodes", () -> api.readyNodes().size() == 3);
    drained = api.readyNodes().iterator().next();
  }

  @AfterEach
  void eligibleAgain() throws Exception {
    send("/drain", "{\"DrainSpec\": null, \"MarkEligible\": true}");
    for (String node : api.readyNodes()) {
      eligibility(node, "eligible");
    }
  }

  @Test
  void keepsTheGroupsLimits() throws Exception {
    runOnOneNode("drained");
    try (HealthSamples samples = new HealthSamples(api, "drained", MIN_HEALTHY)) {
      drain(drained, Duration.ofMinutes(5));
      awaitDrained("drained");
      assertEquals(0, samples.unanswered());
      assertLimitsKept(samples);
    }
    JsonNode node = api.get("/v1/node/" + drained);
    assertTrue(node.path("DrainStrategy").isNull(), "the drain ends by itself");
    assertEquals("ineligible", node.path("SchedulingEligibility").asText());
    assertEquals("complete", node.path("LastDrain").path("Status").asText());
    assertTrue(messages(node).contains("Node drain strategy set"), node::toString);
    assertTrue(messages(node).contains("Node drain complete"), node::toString);
    api.stopJob("drained");
    api.awaitOver("drained", Duration.ofSeconds(30));
  }

  @Test
  void keepsThemWhenTheServicesAreKilledInTheMiddle() throws Exception {
    runOnOneNode("drained-killed");
    try (HealthSamples samples = new HealthSamples(api, "drained-killed", MIN_HEALTHY)) {
      drain(drained, Duration.ofMinutes(5));
      Wait.untilTrue(
          DRAINED_WITHIN,
          "the first two are elsewhere",
          () -> runningElsewhere("drained-killed") >= 2);
      cluster.ps().stream()
          .filter(one -> Set.of("node-service", "alloc-service").contains(one.name()))
          .forEach(Running::kill);
      awaitDrained("drained-killed");
      assertLimitsKept(samples);
    }
    api.stopJob("drained-killed");
    api.awaitOver("drained-killed", Duration.ofSeconds(30));
  }

  @Test
  void movesBatchJobsAtTheDeadlineAndLeavesSystemJobsThatItIsToldToLeave() throws Exception {
    onlyEligible(drained);
    api.register(Api.shellJob("drain-batch", "batch", 1, "sleep 600"));
    api.awaitRunning("drain-batch", 1, Duration.ofSeconds(20));
    for (String node : api.readyNodes()) {
      eligibility(node, "eligible");
    }
    api.register(Api.shellJob("drain-system", "system", 1, "sleep 600"));
    api.awaitRunning("drain-system", 3, Duration.ofSeconds(20));
    long began = System.nanoTime();
    send(
        "/drain",
        "{\"DrainSpec\": {\"Deadline\": %d, \"IgnoreSystemJobs\": true}, \"Meta\": {\"why\": \"test\"}}"
            .formatted(Duration.ofSeconds(6).toNanos()));
    awaitDrained("drain-batch");
    assertTrue(
        Duration.ofNanos(System.nanoTime() - began).compareTo(Duration.ofSeconds(6)) >= 0,
        "a batch job is left until the deadline");
    api.awaitRunning("drain-system", 3, Duration.ofSeconds(20));
    assertEquals(
        "test", api.get("/v1/node/" + drained).path("LastDrain").path("Meta").path("why").asText());
    api.awaitRunning("drain-batch", 1, Duration.ofSeconds(20));
    for (String job : List.of("drain-batch", "drain-system")) {
      api.stopJob(job);
      api.awaitOver(job, Duration.ofSeconds(30));
    }
  }

  @Test
  void theGoClientListsDrainsAndPurgesNodes() throws Exception {
    GoProgram.requireGo();
    GoProgram.run("./nodes", cluster, Map.of());
  }

  /** All of the job's allocations on the node that is drained, the others open for them. */
  private void runOnOneNode(String id) throws Exception {
    onlyEligible(drained);
    ObjectNode job = Api.shellJob(id, "service", COUNT, "sleep 600");
    ObjectNode group = (ObjectNode) job.path("TaskGroups").get(0);
    group
        .putObject("Migrate")
        .put("MaxParallel", MAX_PARALLEL)
        .put("HealthCheck", "task_states")
        .put("MinHealthyTime", MIN_HEALTHY.toNanos())
        .put("HealthyDeadline", Duration.ofSeconds(60).toNanos());
    api.register(job);
    api.awaitRunning(id, COUNT, Duration.ofSeconds(30));
    for (String node : api.readyNodes()) {
      eligibility(node, "eligible");
    }
    Wait.untilTrue(
        Duration.ofSeconds(20),
        "all are healthy",
        () -> HealthSamples.healthy(api.allocations(id), MIN_HEALTHY) == COUNT);
  }

  private void assertLimitsKept(HealthSamples samples) throws Exception {
    samples.requireNoFailure();
    assertTrue(samples.count() > 20, () -> "looked only " + samples.count() + " times");
    assertTrue(samples.fewest() < COUNT, "a look that never sees one leave sees nothing");
    assertTrue(
        samples.fewest() >= COUNT - MAX_PARALLEL,
        () -> "only " + samples.fewest() + " were healthy: " + samples.worst());
  }

  private void awaitDrained(String job) {
    Wait.untilTrue(
        DRAINED_WITHIN,
        "the drain is over",
        () -> {
          Api.Answer node = api.send("GET", "/v1/node/" + drained, null);
          return node.status() == 200 && node.json().path("DrainStrategy").isNull();
        });
    Wait.untilTrue(
        DRAINED_WITHIN,
        "nothing of " + job + " is left there",
        () ->
            api.allocations(job).stream()
                .filter(HealthSamples::runs)
                .noneMatch(a -> a.path("NodeID").asText().equals(drained)));
  }

  private long runningElsewhere(String job) throws Exception {
    return api.allocations(job).stream()
        .filter(HealthSamples::runs)
        .filter(a -> !a.path("NodeID").asText().equals(drained))
        .count();
  }

  private void drain(String node, Duration deadline) throws Exception {
    assertEquals(drained, node);
    send("/drain", "{\"DrainSpec\": {\"Deadline\": %d}}".formatted(deadline.toNanos()));
  }

  private void onlyEligible(String only) throws Exception {
    for (String node : api.readyNodes()) {
      eligibility(node, node.equals(only) ? "eligible" : "ineligible");
    }
  }

  private void eligibility(String node, String wanted) throws Exception {
    api.send(
            "POST",
            "/v1/node/" + node + "/eligibility",
            "{\"Eligibility\": \"%s\"}".formatted(wanted))
        .ok();
  }

  private void send(String action, String body) throws Exception {
    api.send("POST", "/v1/node/" + drained + action, body).ok();
  }

  private static List<String> messages(JsonNode node) {
    return node.path("Events").findValuesAsText("Message");
  }
}
