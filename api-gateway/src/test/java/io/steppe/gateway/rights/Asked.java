package io.steppe.gateway.rights;

import io.steppe.gateway.Scene;
import io.steppe.http.route.Description;
import io.steppe.http.route.Method;
import io.steppe.http.route.Route;
import io.steppe.http.route.Trait;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Requests of routes that are whole enough for somebody to look whether their caller may. */
final class Asked {
  private static final Map<String, String> NAMES =
      Map.of(
          "node_id",
          Scene.NODE,
          "alloc_id",
          Scene.ALLOCATION,
          "eval_id",
          Scene.EVALUATION,
          "job_id",
          "web",
          "pool",
          "default",
          "namespace",
          "default",
          "profile",
          "cmdline");

  private static final String JOB = "{\"Job\":{\"ID\":\"web\",\"Name\":\"web\"}}";

  private static final Map<String, String> BODIES =
      Map.ofEntries(
          Map.entry("JOB_REGISTER", JOB),
          Map.entry("JOB_UPDATE", JOB),
          Map.entry("JOB_VALIDATE", JOB),
          Map.entry("NODE_POOL_CREATE", "{\"Name\":\"default\"}"),
          Map.entry("NODE_ELIGIBILITY", "{\"Eligibility\":\"eligible\"}"),
          Map.entry("NODES_ELIGIBILITY", "{\"Eligibility\":\"eligible\"}"),
          Map.entry("METADATA_UPDATE", "{\"Meta\":{\"a\":\"b\"}}"),
          Map.entry("ALLOCATION_SIGNAL", "{\"Signal\":\"SIGHUP\"}"),
          Map.entry("EVENT_SINK_CREATE", "{\"Id\":\"s\"}"));

  private static final Map<String, String> QUERIES =
      Map.ofEntries(
          Map.entry("NODES_DRAIN", "filter=" + encoded("ID != \"\"") + "&dry_run=true"),
          Map.entry("NODES_ELIGIBILITY", "filter=" + encoded("ID != \"\"") + "&dry_run=true"),
          Map.entry("NODES_PURGE", "filter=" + encoded("ID != \"\"") + "&dry_run=true"),
          Map.entry("STATS", "node_id=" + Scene.NODE),
          Map.entry("METADATA", "node_id=" + Scene.NODE),
          Map.entry("METADATA_UPDATE", "node_id=" + Scene.NODE),
          Map.entry("GC", "node_id=" + Scene.NODE),
          Map.entry("FS_LOGS", "task=web&type=stdout"),
          Map.entry("FS_STAT", "path=numbers.txt"),
          Map.entry("FS_CAT", "path=numbers.txt"),
          Map.entry("FS_READ_AT", "path=numbers.txt&offset=0&limit=1"),
          Map.entry("FS_STREAM", "path=numbers.txt&follow=false"),
          Map.entry("EVENTS", "topic=Node"),
          Map.entry("EVENT_RANGE", "topic=Node"));

  /**
   * What came back.
   *
   * @param body its beginning, where it has no end
   */
  record Answer(int status, String body) {
    /** Whether it is what somebody without rights is told. */
    boolean isDenial() {
      return status == 403 && body.equals("Permission denied")
          || status == 200 && body.equals("Permission denied")
          || status == 500 && body.startsWith("Unknown allocation");
    }

    boolean isSuccess() {
      return status < 300 && !isDenial();
    }
  }

  private Asked() {}

  /** Whether a request of the route is known to be understood. */
  static boolean isWhole(Route route) {
    return BODIES.containsKey(route.name())
        || QUERIES.containsKey(route.name())
        || route.description().body().isEmpty() && route.description().parameters().isEmpty();
  }

  static Answer ask(HttpClient client, URI base, Route route, String token)
      throws IOException, InterruptedException {
    Description description = route.description();
    StringBuilder path = new StringBuilder(description.path().toString());
    for (String name : description.path().names()) {
      String value = NAMES.getOrDefault(name, Scene.UNKNOWN);
      int at = path.indexOf("{" + name + "}");
      path.replace(at, at + name.length() + 2, value);
    }
    Optional.ofNullable(QUERIES.get(route.name()))
        .ifPresent(query -> path.append('?').append(query));
    Method method = description.methods().stream().sorted().findFirst().orElseThrow();
    String body = BODIES.getOrDefault(route.name(), description.body().isPresent() ? "{}" : "");
    return ask(client, base.resolve(path.toString()), method.name(), body, token, route);
  }

  private static Answer ask(
      HttpClient client, URI uri, String method, String body, String token, Route route)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("X-Nomad-Token", token);
    }
    HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
    try (InputStream in = answer.body()) {
      boolean endless =
          route.description().traits().contains(Trait.ENDLESS) && answer.statusCode() == 200;
      byte[] bytes = endless ? in.readNBytes(1) : in.readAllBytes();
      return new Answer(answer.statusCode(), new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
