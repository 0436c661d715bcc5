package io.steppe.agent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Jobs;
import io.steppe.proto.v1.Allocation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent's own HTTP port. */
@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
class AgentHttpTest {
  private static final String UNKNOWN = "99999999-9999-9999-9999-999999999999";

  private final HttpClient client = HttpClient.newHttpClient();
  private final ControlPlane control = ControlPlaneResource.control();

  @TestHTTPResource URI base;

  @BeforeEach
  void registered() {
    control.awaitNode();
  }

  private HttpResponse<String> ask(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return ask("GET", path, "");
  }

  @Test
  void tellsWhatItIs() throws Exception {
    String self = get("/v1/agent/self").body();
    assertTrue(self.contains("\"node_id\":\"" + control.awaitNode().getId() + "\""), self);
    assertEquals("{\"client\":{\"message\":\"ok\",\"ok\":true}}", get("/v1/agent/health").body());
    HttpResponse<String> server = get("/v1/agent/health?type=server");
    assertEquals(500, server.statusCode());
    assertEquals("{\"server\":{\"message\":\"server not enabled\",\"ok\":false}}", server.body());
  }

  @Test
  void showsFilesLogsAndFiguresOfItsAllocations() throws Exception {
    Allocation allocation =
        Jobs.allocation("service", Jobs.shell("web", "echo hello; exec sleep 100")).build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    String id = allocation.getId();
    HttpResponse<java.io.InputStream> log =
        client.send(
            HttpRequest.newBuilder(
                    base.resolve(
                        "/v1/client/fs/logs/"
                            + id
                            + "?task=web&type=stdout&follow=true&plain=true"))
                .build(),
            BodyHandlers.ofInputStream());
    try (var bytes = log.body()) {
      assertEquals(
          "hello\n", new String(bytes.readNBytes(6), java.nio.charset.StandardCharsets.UTF_8));
    }
    String cat = "/v1/client/fs/cat/" + id + "?path=alloc/logs/web.stdout.0";
    assertEquals("hello\n", get(cat).body());
    assertTrue(get("/v1/client/fs/ls/" + id).body().contains("\"Name\":\"alloc\""));
    assertTrue(get("/v1/client/allocation/" + id + "/stats").body().contains("\"web\""));
    assertTrue(get("/v1/client/stats").body().contains("\"Uptime\""));
    assertEquals(
        "{\"Index\":0}",
        ask("PUT", "/v1/client/allocation/" + id + "/signal", "{\"Signal\":\"SIGCONT\"}").body());
    control.stop(allocation);
    control.awaitStatus(id, "complete");
  }

  @Test
  void answersForNobodyElse() throws Exception {
    for (String path :
        List.of(
            "/v1/client/fs/ls/" + UNKNOWN,
            "/v1/client/fs/logs/" + UNKNOWN + "?task=a&type=stdout",
            "/v1/client/allocation/" + UNKNOWN + "/stats")) {
      HttpResponse<String> answer = get(path);
      assertEquals(404, answer.statusCode(), path);
      assertEquals("Unknown allocation \"" + UNKNOWN + "\"", answer.body());
    }
    HttpResponse<String> stats = get("/v1/client/stats?node_id=" + UNKNOWN);
    assertEquals(500, stats.statusCode());
    assertEquals("Unknown node " + UNKNOWN, stats.body());
  }

  @Test
  void labelsItsNode() throws Exception {
    String changed = ask("POST", "/v1/client/metadata", "{\"Meta\":{\"rack\":\"r7\"}}").body();
    assertTrue(changed.contains("\"rack\":\"r7\""), changed);
    assertTrue(get("/v1/client/metadata").body().contains("\"rack\":\"r7\""));
  }

  @Test
  void keepsToTheRulesOfTheEdge() throws Exception {
    HttpResponse<String> unknown = get("/v1/nope");
    assertEquals(404, unknown.statusCode());
    assertEquals("", unknown.body());
    HttpResponse<String> method = ask("DELETE", "/v1/agent/self", "");
    assertEquals(405, method.statusCode());
    assertEquals("Invalid method", method.body());
    assertEquals(405, ask("HEAD", "/v1/agent/self", "").statusCode());
    assertEquals(307, get("/v1//agent/self").statusCode());
    assertEquals("No path to region", get("/v1/client/stats?region=xyz").body());
    assertEquals(200, get("/q/health/ready").statusCode());
  }
}
