package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Asks what goes on: every route that the description says goes on, watches for a while or tells
 * events, with values that make sense and values that don't, the same each time. It looks at how
 * the answer begins, and hangs up. The fuzzer that waits for the end of each answer leaves these
 * routes out by the same mark, so that none is forgotten.
 */
final class StreamFuzz {
  private static final long SEED = 1;
  private static final int OF_EACH_ROUTE = 16;
  private static final int AT_ONCE = 16;
  private static final Duration GONE = Duration.ofSeconds(30);

  /** What an answer says of a defect, and what a stack trace looks like. */
  private static final List<String> DEFECTS =
      List.of("Internal error", "Exception", "\tat ", "NullPointer", "io.steppe.", "io.grpc");

  private static final List<String> TYPES =
      List.of(
          "",
          "text/event-stream",
          "application/cloudevents-batch+json",
          "text/event-stream, application/cloudevents-batch+json;q=x",
          "*/*",
          "a/b;;;,",
          "\u00ff");

  private final Api api;
  private final HostileValues values;
  private final Random random = new Random(SEED);

  /** A route as it is described. */
  private record Route(String path, List<String> parameters, Set<Integer> statuses) {
    boolean isSocket() {
      return statuses.contains(101);
    }
  }

  /**
   * Asks a cluster.
   *
   * @param allocation one that runs, whose task {@code main} writes
   */
  StreamFuzz(Api api, String allocation, String node) {
    this.api = api;
    values = new HostileValues(random, allocation, node);
  }

  /** Asks everything, as all of these, and sees that nothing of it is left open. */
  static void ask(LocalCluster cluster, Api allowed, List<Api> askers) throws Exception {
    allowed.register(Api.shellJob("heard", "service", 1, "while :; do date; sleep 0.1; done"));
    JsonNode heard = allowed.awaitRunning("heard", 1, Duration.ofSeconds(30)).getFirst();
    for (Api asker : askers) {
      new StreamFuzz(asker, heard.path("ID").asText(), heard.path("NodeID").asText()).ask();
    }
    allowed.stopJob("heard");
    Wait.until(GONE, "no stream is open", () -> open(cluster.api()), open -> open == 0);
  }

  private static int open(Api api) throws IOException, InterruptedException {
    for (JsonNode gauge : api.get("/v1/metrics").path("Gauges")) {
      if (gauge.path("Name").asText().equals("steppe.streams.open")) {
        return gauge.path("Value").asInt();
      }
    }
    throw new AssertionError("open streams are not counted");
  }

  private void ask() throws Exception {
    List<String> wrong = new ArrayList<>();
    try (ExecutorService askers = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<List<String>>> asked = new ArrayList<>();
      for (Route route : routes()) {
        for (int i = 0; i < OF_EACH_ROUTE; i++) {
          HangUp request = request(route, i == 0);
          asked.add(askers.submit(() -> faults(route, request)));
        }
      }
      for (Future<List<String>> one : asked) {
        wrong.addAll(one.get());
      }
    }
    assertEquals(List.of(), wrong);
  }

  private HangUp request(Route route, boolean sensible) {
    String path = route.path();
    List<String> query = new ArrayList<>();
    for (String name : route.parameters()) {
      if (path.contains("{" + name + "}")) {
        path = path.replace("{" + name + "}", values.inPath(name, sensible));
      } else {
        values.inQuery(name, sensible).ifPresent(value -> query.add(name + "=" + value));
      }
    }
    List<String> headers = new ArrayList<>();
    String type = sensible ? "" : TYPES.get(random.nextInt(TYPES.size()));
    if (!type.isEmpty()) {
      headers.add("Accept: " + type);
    }
    if (!api.token().isEmpty()) {
      headers.add("X-Nomad-Token: " + api.token());
    }
    String target = query.isEmpty() ? path : path + "?" + String.join("&", query);
    return route.isSocket() && (sensible || random.nextInt(4) > 0)
        ? HangUp.afterUpgrade(api.base(), target, headers, values.frames())
        : HangUp.of(api.base(), target, headers);
  }

  /** What is wrong with an answer; nothing, mostly. */
  private static List<String> faults(Route route, HangUp request) {
    HangUp.Beginning answer;
    try {
      answer = request.begin();
    } catch (IOException e) {
      return List.of(request + ": " + e);
    }
    List<String> wrong = new ArrayList<>();
    if (!route.statuses().contains(answer.status()) && answer.status() != 307) {
      wrong.add(request + ": status " + answer.status() + " is not described");
    }
    // What a task or a process wrote, or a profile, may hold anything but this.
    for (String defect : answer.status() < 400 ? DEFECTS.subList(0, 1) : DEFECTS) {
      if (answer.text().contains(defect) && !request.says(defect)) {
        wrong.add(request + ": " + answer.status() + " " + answer.text());
      }
    }
    if (answer.status() >= 400 && answer.text().isBlank() && !request.isNoUri()) {
      wrong.add(request + ": " + answer.status() + " without a text");
    }
    return wrong;
  }

  private List<Route> routes() throws Exception {
    List<Route> routes = new ArrayList<>();
    JsonNode paths = api.get("/q/openapi?format=json").path("paths");
    paths
        .fieldNames()
        .forEachRemaining(
            path ->
                paths
                    .path(path)
                    .fieldNames()
                    .forEachRemaining(
                        method -> {
                          JsonNode operation = paths.path(path).path(method);
                          if (goesOn(path, operation)) {
                            assertEquals("get", method, path);
                            routes.add(new Route(path, names(operation), statuses(operation)));
                          }
                        }));
    assertTrue(routes.size() >= 7, routes::toString);
    return routes;
  }

  private static Set<Integer> statuses(JsonNode operation) {
    Set<Integer> statuses = new HashSet<>();
    operation
        .path("responses")
        .fieldNames()
        .forEachRemaining(one -> statuses.add(Integer.parseInt(one)));
    return statuses;
  }

  private static boolean goesOn(String path, JsonNode operation) {
    return operation.path("x-endless").asBoolean()
        || names(operation).contains("seconds")
        || path.equals("/v1/event/range");
  }

  private static List<String> names(JsonNode operation) {
    Stream<JsonNode> parameters =
        StreamSupport.stream(operation.path("parameters").spliterator(), false);
    return parameters.map(one -> one.path("name").asText()).toList();
  }
}
