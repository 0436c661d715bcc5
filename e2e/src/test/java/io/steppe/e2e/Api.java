package io.steppe.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The HTTP API of a cluster, as a person with curl uses it. */
final class Api {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> OVER = Set.of("complete", "failed", "lost");

  private static final Duration STREAM_ENDS_AFTER = Duration.ofSeconds(60);

  private final String base;
  private final String token;
  private final HttpClient http;

  /**
   * @param base for example {@code http://127.0.0.1:4646}
   */
  Api(String base) {
    this(
        base,
        "",
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build());
  }

  private Api(String base, String token, HttpClient http) {
    this.base = base;
    this.token = token;
    this.http = http;
  }

  /** The same, asked with a token. */
  Api as(String secret) {
    return new Api(base, secret, http);
  }

  /** The same over TLS, asked by a client that trusts who answers. */
  Api over(HttpClient trusting) {
    return new Api(base.replace("http:", "https:"), token, trusting);
  }

  String base() {
    return base;
  }

  /** Host and port. */
  String authority() {
    return base.substring(base.indexOf("://") + 3);
  }

  HttpClient http() {
    return http;
  }

  /** What it is asked with; empty for none. */
  String token() {
    return token;
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    return token.isEmpty() ? request : request.header("X-Nomad-Token", token);
  }

  /** Status, body and index of one answer. */
  record Answer(int status, String body, long index) {
    JsonNode json() {
      return parse(body);
    }

    Answer ok() {
      if (status != 200) {
        throw new AssertionError("status %d: %s".formatted(status, body));
      }
      return this;
    }
  }

  Answer send(String method, String path, String body) throws IOException, InterruptedException {
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    HttpRequest request =
        request(path).timeout(Duration.ofSeconds(70)).method(method, publisher).build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    long index = response.headers().firstValueAsLong("X-Nomad-Index").orElse(-1);
    return new Answer(response.statusCode(), response.body(), index);
  }

  /** Sends bytes. */
  Answer put(String path, byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        request(path)
            .timeout(Duration.ofSeconds(70))
            .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    return new Answer(answer.statusCode(), answer.body(), -1);
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return send("GET", path, null).ok().json();
  }

  String text(String path) throws IOException, InterruptedException {
    return send("GET", path, null).ok().body();
  }

  /** The body as it comes; the caller closes it. */
  InputStream stream(String path) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.send(request(path).build(), HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new AssertionError("status %d from %s".formatted(response.statusCode(), path));
    }
    return response.body();
  }

  /** The lines of a stream as they come; a reader that waits too long gets an error. */
  BufferedReader lines(String path) throws IOException, InterruptedException {
    InputStream body = stream(path);
    CompletableFuture.delayedExecutor(STREAM_ENDS_AFTER.toSeconds(), TimeUnit.SECONDS)
        .execute(
            () -> {
              try {
                body.close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  /** Registers a job and returns the evaluation's id. */
  String register(ObjectNode job) throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode();
    body.set("Job", job);
    return send("PUT", "/v1/jobs", body.toString()).ok().json().path("EvalID").asText();
  }

  void stopJob(String id) throws IOException, InterruptedException {
    send("DELETE", "/v1/job/" + id, null).ok();
  }

  /** The job's allocations, as list stubs. */
  List<JsonNode> allocations(String job) throws IOException, InterruptedException {
    List<JsonNode> list = new ArrayList<>();
    get("/v1/job/" + job + "/allocations").forEach(list::add);
    return list;
  }

  /** Waits until so many of the job's allocations run. */
  List<JsonNode> awaitRunning(String job, int count, Duration atMost) {
    return Wait.until(
        atMost,
        count + " allocations of " + job + " run",
        () ->
            allocations(job).stream()
                .filter(a -> a.path("ClientStatus").asText().equals("running"))
                .toList(),
        running -> running.size() == count);
  }

  /** Waits until no allocation of the job is pending or running. */
  void awaitOver(String job, Duration atMost) {
    Wait.until(
        atMost,
        "all allocations of " + job + " are over",
        () -> allocations(job),
        all -> all.stream().allMatch(a -> OVER.contains(a.path("ClientStatus").asText())));
  }

  /** All that a task wrote to its standard output so far. */
  String stdout(String allocation, String task) throws IOException, InterruptedException {
    return text(
        "/v1/client/fs/logs/%s?task=%s&type=stdout&plain=true&origin=start&offset=0"
            .formatted(allocation, task));
  }

  /** Names and states of the nodes. */
  Set<String> readyNodes() throws IOException, InterruptedException {
    List<JsonNode> nodes = new ArrayList<>();
    get("/v1/nodes").forEach(nodes::add);
    return nodes.stream()
        .filter(n -> n.path("Status").asText().equals("ready"))
        .map(n -> n.path("ID").asText())
        .collect(Collectors.toSet());
  }

  static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }

  /** A job of one group with one raw_exec task called "main" that runs a shell script. */
  static ObjectNode shellJob(String id, String type, int count, String script) {
    ObjectNode job = JSON.createObjectNode();
    job.put("ID", id).put("Name", id).put("Type", type);
    job.putArray("Datacenters").add("*");
    ObjectNode group = job.putArray("TaskGroups").addObject();
    group.put("Name", "group").put("Count", count);
    ObjectNode task = group.putArray("Tasks").addObject();
    task.put("Name", "main").put("Driver", "raw_exec");
    ObjectNode config = task.putObject("Config");
    config.put("command", "/bin/sh");
    config.putArray("args").add("-c").add(script);
    task.putObject("Resources").put("CPU", 20).put("MemoryMB", 16);
    return job;
  }
}
