package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Agent and operator endpoints over real processes: a cluster of its own, since it is restored,
 * with two gateways and profiles on.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AgentApiTest {
  private static final Duration SOON = Duration.ofSeconds(40);

  private static LocalCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster =
        LocalCluster.start(
            Map.of(), "--name", "e2e-agent", "--enable-debug", "--replicas", "api-gateway=2");
    Wait.untilTrue(Duration.ofSeconds(30), "two gateways", AgentApiTest::bothGatewaysAreMembers);
  }

  /** The cluster is ready with its first gateway; the other one is a member soon after. */
  private static boolean bothGatewaysAreMembers() throws IOException, InterruptedException {
    int gateways = 0;
    for (JsonNode member : cluster.api().get("/v1/agent/members").path("Members")) {
      gateways += member.path("Tags").path("service").asText().equals("api-gateway") ? 1 : 0;
    }
    return gateways == 2;
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** Whichever gateway is asked, it has the other one, a service or an agent tell. */
  @Test
  @Order(1)
  void everyProcessTellsOfItself() throws Exception {
    Api api = cluster.api();
    List<String> asked = new ArrayList<>();
    for (JsonNode member : api.get("/v1/agent/members").path("Members")) {
      String name = member.path("Name").asText();
      JsonNode host = api.get("/v1/agent/host?server_id=" + name);
      assertEquals(name, host.path("AgentID").asText());
      assertTrue(api.text("/v1/agent/pprof/cmdline?server_id=" + name).contains("java"));
      asked.add(member.path("Tags").path("service").asText());
    }
    assertEquals(2, asked.stream().filter("api-gateway"::equals).count(), asked.toString());
    String node = api.readyNodes().iterator().next();
    assertEquals(node, api.get("/v1/agent/host?node_id=" + node).path("AgentID").asText());
    Api.Answer unknown =
        api.send("GET", "/v1/agent/host?node_id=99999999-9999-9999-9999-999999999999", null);
    assertEquals(404, unknown.status());
    assertEquals("Unknown node \"99999999-9999-9999-9999-999999999999\"", unknown.body());
  }

  @Test
  @Order(2)
  void pprofOpensProfiles(@TempDir Path folder) throws Exception {
    GoProgram.requireGo();
    String node = cluster.api().readyNodes().iterator().next();
    for (String query :
        List.of("heap?server_id=leader", "profile?seconds=2", "heap?node_id=" + node)) {
      Path file = folder.resolve("profile");
      try (InputStream profile = cluster.api().stream("/v1/agent/pprof/" + query)) {
        Files.write(file, profile.readAllBytes());
      }
      Process top =
          new ProcessBuilder("go", "tool", "pprof", "-top", file.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(top.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, top.waitFor(), said);
      assertTrue(said.contains("flat%"), said);
    }
  }

  @Test
  @Order(2)
  void jfrOpensTraces(@TempDir Path folder) throws Exception {
    String node = cluster.api().readyNodes().iterator().next();
    for (String target : List.of("server_id=leader", "node_id=" + node)) {
      Path file = folder.resolve("trace.jfr");
      try (InputStream trace = cluster.api().stream("/v1/agent/pprof/trace?" + target)) {
        Files.write(file, trace.readAllBytes());
      }
      String jfr = Path.of(System.getProperty("java.home"), "bin", "jfr").toString();
      Process summary =
          new ProcessBuilder(jfr, "summary", file.toString()).redirectErrorStream(true).start();
      String said = new String(summary.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, summary.waitFor(), said);
      assertTrue(
          said.lines().anyMatch(line -> line.strip().matches("jdk\\.\\w+ +[1-9]\\d* +\\d+")), said);
    }
  }

  @Test
  @Order(3)
  void aDeadReplicaIsForgotten() throws Exception {
    Api api = cluster.api();
    assertEquals(200, api.send("PUT", "/v1/agent/force-leave?node=nobody", null).status());
    String alive = api.get("/v1/agent/self").path("member").path("Name").asText();
    assertEquals(400, api.send("PUT", "/v1/agent/force-leave?node=" + alive, null).status());
  }

  @Test
  @Order(4)
  void anAgentDialsWhomItIsTold() throws Exception {
    Api api = cluster.api();
    String node = api.readyNodes().iterator().next();
    String address = api.get("/v1/node/" + node).path("HTTPAddr").asText();
    Api agent = new Api("http://" + address);
    String dialled = agent.get("/v1/agent/servers").path(0).asText();
    Api.Answer refused = agent.send("PUT", "/v1/agent/servers?address=127.0.0.1:9", null);
    assertEquals(400, refused.status());
    assertTrue(
        refused.body().startsWith("1 error occurred:\n\t* Server at address 127.0.0.1:9 failed"),
        refused.body());
    assertEquals(200, agent.send("PUT", "/v1/agent/servers?address=" + dialled, null).status());
    assertEquals(dialled, agent.get("/v1/agent/servers").path(0).asText());
    assertEquals(
        node, agent.get("/v1/agent/self").path("stats").path("client").path("node_id").asText());
    assertTrue(agent.text("/v1/metrics?format=prometheus").contains("nomad_client_uptime{"));
  }

  @Test
  @Order(5)
  void theGoClientsAgentAndOperatorCallsWork() throws Exception {
    GoProgram.requireGo();
    GoProgram.run("./agent", cluster, Map.of());
  }

  /** After the archive was restored: streams begin anew, and nothing goes back. */
  @Test
  @Order(6)
  void indexesNeverGoBackByARestore() throws Exception {
    Api api = cluster.api();
    api.register(Api.shellJob("kept", "service", 1, "exec sleep 600"));
    api.awaitRunning("kept", 1, SOON);
    byte[] archive;
    try (InputStream saved = api.stream("/v1/operator/snapshot")) {
      archive = saved.readAllBytes();
    }
    long before = api.send("GET", "/v1/jobs", null).index();
    assertEquals(200, restore(archive));
    long after = api.send("GET", "/v1/jobs", null).index();
    assertTrue(after > before, after + " after " + before);
    Wait.untilTrue(SOON, "the node is ready again", () -> !api.readyNodes().isEmpty());
    api.awaitRunning("kept", 1, SOON);
    archive[archive.length / 2] ^= 1;
    Map<String, Set<String>> kept = kept(api);
    assertEquals(500, restore(archive));
    assertEquals(kept, kept(api), "a damaged archive changes nothing");
    // Agents report on what was restored meanwhile, so it may have gone on.
    assertTrue(api.send("GET", "/v1/jobs", null).index() >= after);
  }

  /** What only a client's request changes, whole; of what agents report on, what it is. */
  private static Map<String, Set<String>> kept(Api api) throws Exception {
    Map<String, Set<String>> kept = new TreeMap<>();
    for (String list : List.of("/v1/namespaces", "/v1/node/pools", "/v1/regions")) {
      kept.put(list, Set.of(api.text(list)));
    }
    kept.put("scheduler", Set.of(api.text("/v1/operator/scheduler/configuration")));
    kept.put("/v1/nodes", values(api.get("/v1/nodes"), "ID", "CreateIndex"));
    Set<String> jobs = values(api.get("/v1/jobs?namespace=*"), "ID", "JobModifyIndex", "Stop");
    assertFalse(jobs.isEmpty(), "there are jobs to lose");
    kept.put("/v1/jobs", jobs);
    JsonNode allocations = api.get("/v1/allocations?namespace=*");
    kept.put("/v1/allocations", values(allocations, "ID", "CreateIndex", "DesiredStatus"));
    return kept;
  }

  private static Set<String> values(JsonNode list, String... keys) {
    Set<String> values = new TreeSet<>();
    for (JsonNode one : list) {
      values.add(Stream.of(keys).map(key -> one.path(key).asText()).toList().toString());
    }
    return values;
  }

  private static int restore(byte[] archive) throws IOException, InterruptedException {
    return cluster.api().put("/v1/operator/snapshot", archive).status();
  }
}
