package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** examples/web.json as the README has it: three servers on dynamic ports, their logs. */
@OnSharedCluster
class WebExampleTest {
  private static final Duration ANSWERING_WITHIN = Duration.ofSeconds(15);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  @Test
  void threeServersAnswerOnDynamicPortsAndTheirLogsFollow(LocalCluster cluster) throws Exception {
    Api api = cluster.api();
    String job = Files.readString(LocalCluster.home().resolve("examples/web.json"));
    api.send("POST", "/v1/jobs", job).ok();
    try {
      Set<String> ports = new HashSet<>();
      for (JsonNode stub : api.awaitRunning("web", 3, ANSWERING_WITHIN)) {
        String id = stub.path("ID").asText();
        JsonNode port =
            api.get("/v1/allocation/" + id)
                .path("AllocatedResources")
                .path("Shared")
                .path("Ports")
                .get(0);
        assertEquals("http", port.path("Label").asText());
        ports.add(port.path("Value").asText());
        String page = "http://127.0.0.1:" + port.path("Value").asInt() + "/";
        Wait.until(
            ANSWERING_WITHIN,
            page + " answers",
            () -> body(page),
            text -> text.contains("Hello from web.web["));
        String line = followUntil(api, id, page);
        assertTrue(line.contains("GET /followed"), line);
      }
      assertEquals(3, ports.size());
    } finally {
      api.stopJob("web");
    }
    api.awaitOver("web", Duration.ofSeconds(30));
  }

  @Test
  void theBatchExampleCountsAndEnds(LocalCluster cluster) throws Exception {
    Api api = cluster.api();
    api.send(
            "POST",
            "/v1/jobs",
            Files.readString(LocalCluster.home().resolve("examples/batch.json")))
        .ok();
    Wait.until(
        Duration.ofSeconds(30),
        "batch is dead",
        () -> api.get("/v1/job/batch"),
        j -> j.path("Status").asText().equals("dead"));
    JsonNode allocation = api.allocations("batch").get(0);
    assertEquals("complete", allocation.path("ClientStatus").asText());
    assertEquals(
        0,
        allocation.path("TaskStates").path("count").path("Events").findValues("ExitCode").stream()
            .mapToInt(JsonNode::asInt)
            .sum());
    assertEquals(
        "batch says 1\nbatch says 2\nbatch says 3\nbatch says 4\nbatch says 5\n",
        api.stdout(allocation.path("ID").asText(), "count"));
  }

  /** Follows the log and asks for a page meanwhile: the request must show up in it. */
  private String followUntil(Api api, String allocation, String page) throws Exception {
    String path =
        "/v1/client/fs/logs/%s?task=server&type=stdout&follow=true&plain=true"
            .formatted(allocation);
    try (BufferedReader log = api.lines(path)) {
      assertTrue(log.readLine().contains("serves on port"), "the first line comes first");
      status(page + "followed");
      String line = log.readLine();
      while (!line.contains("/followed")) {
        line = log.readLine();
      }
      return line;
    }
  }

  private String body(String url) throws Exception {
    return http.send(request(url), HttpResponse.BodyHandlers.ofString()).body();
  }

  private int status(String url) throws Exception {
    return http.send(request(url), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private static HttpRequest request(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
  }
}
