package io.steppe.agent.docker;

import io.steppe.agent.task.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/** The Docker Engine API, as far as tasks need it, over its Unix socket. */
final class Engine implements AutoCloseable {
  private static final Duration USUAL = Duration.ofSeconds(30);
  private static final Duration QUICK = Duration.ofSeconds(5);
  private static final int LARGEST = 8 << 20;

  private final Path socket;
  private final ScheduledExecutorService timer;
  private final Set<EngineCall> open = ConcurrentHashMap.newKeySet();

  Engine(Path socket, ScheduledExecutorService timer) {
    this.socket = socket;
    this.timer = timer;
  }

  /**
   * What an engine is.
   *
   * @param podman whether Podman answers in Docker's place
   */
  record Version(String version, boolean podman) {}

  /** A container as the engine sees it. */
  record Container(
      String id, Map<String, Object> labels, String status, long pid, int exitCode, boolean oom) {
    boolean begun() {
      return !status.equals("created") && !status.equals("configured");
    }

    boolean running() {
      return List.of("running", "paused", "restarting", "stopping").contains(status);
    }

    String label(String name) {
      return Fields.text(labels, name);
    }
  }

  Version version() throws IOException {
    Map<String, Object> answer = object(get("/version", QUICK));
    boolean podman =
        Fields.objects(answer, "Components").stream()
            .anyMatch(part -> Fields.text(part, "Name").startsWith("Podman"));
    return new Version(Fields.text(answer, "Version"), podman);
  }

  boolean hasImage(String image) throws IOException {
    try {
      get("/images/" + image + "/json", USUAL);
      return true;
    } catch (EngineFailure e) {
      if (e.notFound()) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Fetches an image.
   *
   * @param auth for the registry, as the engine wants it in a header; empty for none
   */
  void pull(ImageName image, String auth, Duration limit) throws IOException {
    Map<String, String> headers = auth.isEmpty() ? Map.of() : Map.of("X-Registry-Auth", auth);
    String target =
        "POST /images/create?fromImage=" + encoded(image.repository()) + tag(image.tag());
    try (EngineCall call =
        new EngineCall(socket, open, timer, limit, target, headers, new byte[0])) {
      check(call);
      var lines = new BufferedReader(new InputStreamReader(call.body(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String error =
            line.isBlank()
                ? ""
                : Fields.text(Json.object(line.getBytes(StandardCharsets.UTF_8)), "error");
        if (!error.isEmpty()) {
          throw new EngineFailure(500, error);
        }
      }
    }
  }

  private static String tag(String tag) {
    return tag.isEmpty() ? "" : "&tag=" + encoded(tag);
  }

  String create(String name, Map<String, Object> container) throws IOException {
    byte[] answer = post("/containers/create?name=" + encoded(name), Json.bytes(container), USUAL);
    return Fields.text(object(answer), "Id");
  }

  void start(String container) throws IOException {
    post("/containers/" + container + "/start", new byte[0], Duration.ofMinutes(2));
  }

  Optional<Container> inspect(String container) throws IOException {
    try {
      Map<String, Object> answer = object(get("/containers/" + container + "/json", USUAL));
      Map<String, Object> state = Fields.object(answer, "State");
      return Optional.of(
          new Container(
              Fields.text(answer, "Id"),
              Fields.object(Fields.object(answer, "Config"), "Labels"),
              Fields.text(state, "Status"),
              Fields.number(state, "Pid"),
              (int) Fields.number(state, "ExitCode"),
              Boolean.TRUE.equals(state.get("OOMKilled"))));
    } catch (EngineFailure e) {
      if (e.notFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** All containers with a label; only id, names and labels are known of them. */
  List<Map<String, Object>> labelled(String label) throws IOException {
    String filter = new String(Json.bytes(Map.of("label", List.of(label))), StandardCharsets.UTF_8);
    byte[] answer = get("/containers/json?all=true&filters=" + encoded(filter), USUAL);
    byte[] wrapped = new byte[answer.length + "{\"all\":}".length()];
    byte[] before = "{\"all\":".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(before, 0, wrapped, 0, before.length);
    System.arraycopy(answer, 0, wrapped, before.length, answer.length);
    wrapped[wrapped.length - 1] = '}';
    return Fields.objects(object(wrapped), "all");
  }

  /** Waits until a container has ended; its exit code. */
  int await(String container) throws IOException {
    byte[] answer = post("/containers/" + container + "/wait", new byte[0], Duration.ZERO);
    return (int) Fields.number(object(answer), "StatusCode");
  }

  void kill(String container, String signal) throws IOException {
    try {
      post("/containers/" + container + "/kill?signal=" + encoded(signal), new byte[0], USUAL);
    } catch (EngineFailure e) {
      // One that is gone already is no failure: its end is on the way.
      if (e.status() != 409 && !e.notFound()) {
        throw e;
      }
    }
  }

  void remove(String container) throws IOException {
    String request = "DELETE /containers/" + container + "?force=true&v=true";
    try (EngineCall call = call(request, new byte[0], Duration.ofMinutes(1))) {
      check(call);
    } catch (EngineFailure e) {
      if (!e.notFound()) {
        throw e;
      }
    }
  }

  Map<String, Object> stats(String container) throws IOException {
    return object(get("/containers/" + container + "/stats?stream=false&one-shot=true", QUICK));
  }

  /**
   * The container's output in frames.
   *
   * @param sinceSecond 0 for all of it
   * @param follow whether what it writes from now on comes too
   */
  EngineCall logs(String container, long sinceSecond, boolean follow) throws IOException {
    String request =
        "GET /containers/"
            + container
            + "/logs?stdout=1&stderr=1&timestamps=1"
            + (follow ? "&follow=1" : "")
            + (sinceSecond > 0 ? "&since=" + sinceSecond : "");
    EngineCall call = call(request, new byte[0], Duration.ZERO);
    return checked(call);
  }

  String createExec(String container, List<String> command, boolean tty) throws IOException {
    Map<String, Object> wanted =
        Map.of(
            "AttachStdin", true,
            "AttachStdout", true,
            "AttachStderr", true,
            "Tty", tty,
            "Cmd", command);
    byte[] answer = post("/containers/" + container + "/exec", Json.bytes(wanted), USUAL);
    return Fields.text(object(answer), "Id");
  }

  /** Starts an exec on a connection that then is its input and output. */
  EngineCall startExec(String exec, boolean tty) throws IOException {
    byte[] body = Json.bytes(Map.of("Detach", false, "Tty", tty));
    Map<String, String> headers =
        Map.of("Content-Type", "application/json", "Connection", "Upgrade", "Upgrade", "tcp");
    return checked(
        new EngineCall(
            socket, open, timer, Duration.ZERO, "POST /exec/" + exec + "/start", headers, body));
  }

  void resizeExec(String exec, int rows, int columns) throws IOException {
    post("/exec/" + exec + "/resize?h=" + rows + "&w=" + columns, new byte[0], QUICK);
  }

  Map<String, Object> inspectExec(String exec) throws IOException {
    return object(get("/exec/" + exec + "/json", QUICK));
  }

  private byte[] get(String target, Duration limit) throws IOException {
    try (EngineCall call = call("GET " + target, new byte[0], limit)) {
      check(call);
      return call.bytes(LARGEST);
    }
  }

  private byte[] post(String target, byte[] body, Duration limit) throws IOException {
    try (EngineCall call = call("POST " + target, body, limit)) {
      check(call);
      return call.bytes(LARGEST);
    }
  }

  private EngineCall call(String request, byte[] body, Duration limit) throws IOException {
    Map<String, String> headers = Map.of("Content-Type", "application/json");
    return new EngineCall(socket, open, timer, limit, request, headers, body);
  }

  private static EngineCall checked(EngineCall call) throws IOException {
    try {
      check(call);
      return call;
    } catch (IOException e) {
      call.close();
      throw e;
    }
  }

  private static void check(EngineCall call) throws IOException {
    if (call.status() < 400) {
      return;
    }
    byte[] bytes = call.bytes(64 << 10);
    String text = new String(bytes, StandardCharsets.UTF_8).strip();
    if (text.startsWith("{")) {
      Map<String, Object> answer = object(bytes);
      text = Fields.text(answer, answer.containsKey("message") ? "message" : "cause");
    }
    throw new EngineFailure(call.status(), text);
  }

  private static Map<String, Object> object(byte[] answer) throws IOException {
    return Json.object(answer);
  }

  /** Ends all calls that wait for the engine. */
  @Override
  public void close() {
    open.forEach(EngineCall::close);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
