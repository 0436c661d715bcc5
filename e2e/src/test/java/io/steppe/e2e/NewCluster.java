package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A cluster without agents, with a database and keys of its own, that is made of an archive. */
final class NewCluster implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final String SNAPSHOT = "/v1/operator/snapshot";

  /** So that nodes whose agents don't come are down soon. */
  private static final Map<String, String> SHORT =
      Map.of(
          "STEPPE_HEARTBEAT_FAILOVER", "1s",
          "STEPPE_HEARTBEAT_MIN_TTL", "1s",
          "STEPPE_HEARTBEAT_GRACE", "1s");

  private final LocalCluster cluster;
  private final Api saved;
  private final Api restored;

  /** With its own first token, which is not in the archive. */
  private final Api first;

  private NewCluster(LocalCluster cluster, Api saved, Api first) {
    this.cluster = cluster;
    this.saved = saved;
    this.first = first;
    restored = cluster.api().as(saved.token());
  }

  /**
   * Starts it.
   *
   * @param saved the cluster that the archive is of, with a management token of it
   */
  static NewCluster start(Api saved) throws Exception {
    LocalCluster cluster =
        LocalCluster.start(SHORT, "--acl", "--agents", "0", "--name", "restored");
    try {
      JsonNode token = cluster.api().send("PUT", "/v1/acl/bootstrap", null).ok().json();
      return new NewCluster(cluster, saved, cluster.api().as(token.path("SecretID").asText()));
    } catch (Exception | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  /** What {@link #holdsWhatWasSaved} looks for, beside what is there anyhow. */
  static void fill(Api saved) throws Exception {
    saved.send("PUT", "/v1/node/pool/moved", "{\"Name\":\"moved\"}").ok();
    saved
        .send("PUT", "/v1/operator/scheduler/configuration", "{\"SchedulerAlgorithm\":\"spread\"}")
        .ok();
    saved.register(Api.shellJob("moved", "service", 1, "exec sleep 600"));
    saved.awaitRunning("moved", 1, SOON);
  }

  /** Secrets that can't be opened here are told before anything changes, and taken on demand. */
  void restoreWithoutKeys(byte[] archive) throws Exception {
    Api.Answer refused = first.put(SNAPSHOT, archive);
    assertEquals(500, refused.status());
    assertTrue(refused.body().contains("steppe.seal.keys"), refused.body());
    assertEquals(0, first.get("/v1/jobs").size());
    first.put(SNAPSHOT + "?keep_sealed=true", archive).ok();
  }

  /** What an operator and clients look for after a move; nothing of what was here is left. */
  void holdsWhatWasSaved(long index) throws Exception {
    Wait.untilTrue(SOON, "tokens", () -> restored.send("GET", "/v1/nodes", null).status() == 200);
    assertEquals(403, first.send("GET", "/v1/nodes", null).status());
    for (String path :
        List.of(
            "/v1/acl/tokens",
            "/v1/acl/policies",
            "/v1/namespaces",
            "/v1/node/pools",
            "/.well-known/jwks.json")) {
      assertEquals(saved.text(path), restored.text(path), path);
    }
    assertEquals(values(saved, "/v1/nodes", "ID"), values(restored, "/v1/nodes", "ID"));
    assertEquals(
        values(saved, "/v1/jobs", "ID", "JobModifyIndex"),
        values(restored, "/v1/jobs", "ID", "JobModifyIndex"));
    assertEquals(
        saved.get("/v1/job/moved").path("TaskGroups"),
        restored.get("/v1/job/moved").path("TaskGroups"));
    Set<String> before = values(saved, "/v1/job/moved/allocations", "ID", "CreateIndex");
    assertTrue(
        values(restored, "/v1/job/moved/allocations", "ID", "CreateIndex").containsAll(before));
    assertEquals(
        "spread",
        restored
            .get("/v1/operator/scheduler/configuration")
            .path("SchedulerConfig")
            .path("SchedulerAlgorithm")
            .asText());
    assertTrue(restored.send("GET", "/v1/jobs", null).ok().index() > index, "indexes go on above");
    for (String line : restored.text("/v1/event/range?from=1").lines().toList()) {
      assertTrue(Api.parse(line).path("Index").asLong() > index, line);
    }
  }

  /** What needs the key says so. */
  void keepsSecretsSealed() throws Exception {
    Api.Answer sealed =
        restored.send("PUT", "/v1/acl/identity/client-introduction-token", "{\"TTL\":\"5m\"}");
    assertEquals(500, sealed.status());
    assertTrue(sealed.body().contains("sealed with another key"), sealed.body());
  }

  /** Its nodes are known, and down until their agents come; what ran on them waits. */
  void waitsForAgents() {
    Wait.until(
        SOON,
        "nodes without agents are down",
        () -> values(restored, "/v1/nodes", "Status"),
        Set.of("[down]")::equals);
    Wait.until(
        SOON,
        "the job waits for a place",
        () -> values(restored, "/v1/job/moved/evaluations", "Status"),
        statuses -> statuses.contains("[blocked]"));
  }

  private static Set<String> values(Api api, String list, String... keys) throws Exception {
    Set<String> values = new TreeSet<>();
    for (JsonNode one : api.get(list)) {
      values.add(Stream.of(keys).map(key -> one.path(key).asText()).toList().toString());
    }
    return values;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    cluster.close();
  }
}
