package io.steppe.gateway;

import static io.restassured.RestAssured.given;
import static io.steppe.gateway.Scene.ALLOCATION;
import static io.steppe.gateway.Scene.NODE;
import static io.steppe.gateway.Scene.REGION;
import static io.steppe.gateway.Scene.UNKNOWN;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.steppe.gateway.region.RegionResource;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What requests that can't be answered are told, as clients are used to. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class RefusalsTest {
  private static final String UNREAD_FILTER =
      "failed to create result paginator: failed to read filter expression: %s: no match found,"
          + " expected: \"-\", \"0\", \"\\\"\", \"`\", [ \\t\\r\\n], [1-9] or [a-zA-Z]";
  private static final String SHORT_NODE =
      "node lookup failed: index error: UUID must be 36 characters";
  private static final String SHORT_ALLOC =
      "alloc lookup failed: index error: UUID must be 36 characters";
  private static final String STALE = "Expect `true` or `false` for `stale` query string parameter";
  private static final String NUMBERS = "?path=numbers.txt";

  @BeforeEach
  void set() {
    Scene.set();
    REGION.files().lose("");
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        // agent
        get(
            "/v1/agent/health?type=client",
            500,
            "{\"client\":{\"message\":\"client not enabled\",\"ok\":false}}"),
        call("POST", "/v1/agent/health", 405, "Invalid method"),
        call("DELETE", "/v1/agent/servers", 405, "Invalid method"),
        get("/v1/agent/nope", 404, ""),
        // nodes
        get(
            "/v1/nodes?prefix=1111111",
            500,
            "node lookup failed: index error: Input (without hyphens) must be even length"),
        get("/v1/nodes?stale=maybe", 400, STALE),
        get("/v1/nodes?region=xyz", 500, "No path to region"),
        get("/v1/nodes?index=1&wait=abc", 400, "Invalid wait time"),
        get("/v1/nodes?index=abc", 400, "Invalid index"),
        get("/v1/nodes?index=-1", 400, "Invalid index"),
        get("/v1/nodes?index=1&wait=5", 400, "Invalid wait time"),
        call("POST", "/v1/nodes", 405, "Invalid method"),
        call("DELETE", "/v1/nodes", 405, "Invalid method"),
        call("PATCH", "/v1/nodes", 405, "Invalid method"),
        get("/v1/node/11111111", 500, SHORT_NODE),
        get("/v1/node/", 500, "missing node ID"),
        get("/v1/node/" + UNKNOWN, 404, "node not found"),
        get("/v1/node/" + NODE + "/nope", 500, SHORT_NODE),
        get("/v1/node/" + NODE + "?index=abc", 400, "Invalid index"),
        get("/v1/node/" + UNKNOWN + "/allocations", 200, "[]"),
        call("POST", "/v1/node/" + NODE + "/allocations", 405, "Invalid method"),
        call("POST", "/v1/node/" + NODE, 405, "Invalid method"),
        get("/v1/node/" + NODE + "/eligibility", 405, "Invalid method"),
        post("/v1/node/" + NODE + "/eligibility", "", 400, "Request body is empty"),
        post(
            "/v1/node/" + NODE + "/eligibility",
            "{\"Eligibility\": \"maybe\"}",
            500,
            "invalid scheduling eligibility \"maybe\""),
        post(
            "/v1/node/" + NODE + "/eligibility",
            "{nope",
            400,
            "invalid character 'n' looking for beginning of object key string"),
        post(
            "/v1/node/" + NODE + "/eligibility",
            "{\"Eligibility\": 5}",
            400,
            "json: cannot unmarshal number into "),
        post(
            "/v1/node/" + UNKNOWN + "/eligibility",
            "{\"Eligibility\": \"eligible\"}",
            500,
            "node not found"),
        post(
            "/v1/node/" + NODE + "/eligibility",
            "{\"Eligibility\": \"eligible\", \"NodeID\": \"" + UNKNOWN + "\"}",
            500,
            "node not found"),
        get("/v1/node/" + NODE + "/drain", 405, "Invalid method"),
        get("/v1/node/" + NODE + "/purge", 405, "Invalid method"),
        get("/v1/node/" + NODE + "/evaluate", 405, "Invalid method"),
        call("DELETE", "/v1/node/" + NODE + "/drain", 405, "Invalid method"),
        post("/v1/node/" + NODE + "/drain", "", 400, "Request body is empty"),
        post(
            "/v1/node/" + NODE + "/drain",
            "{nope",
            400,
            "invalid character 'n' looking for beginning of object key string"),
        post(
            "/v1/node/" + NODE + "/drain",
            "{\"DrainSpec\": {\"Deadline\": \"soon\"}}",
            400,
            "json: cannot unmarshal string into "),
        post("/v1/node/" + UNKNOWN + "/drain", "{}", 500, "node not found"),
        post("/v1/node/not-a-uuid/drain", "{}", 500, SHORT_NODE),
        post("/v1/node/" + UNKNOWN + "/purge", "", 500, "node not found"),
        post("/v1/node/not-a-uuid/purge", "", 500, SHORT_NODE),
        post("/v1/node/" + UNKNOWN + "/evaluate", "", 500, "node not found"),
        post("/v1/node/not-a-uuid/evaluate", "", 500, SHORT_NODE),
        // jobs
        get("/v1/job/nope", 404, "job not found"),
        get("/v1/job/nope/summary", 404, "job not found"),
        get("/v1/job/nope/versions", 404, "job versions not found"),
        get("/v1/job/nope/allocations", 200, "[]"),
        get("/v1/job/nope/evaluations", 200, "[]"),
        get("/v1/job/nope/deployments", 200, "[]"),
        get("/v1/job/nope/deployment", 200, "null"),
        get("/v1/job/", 400, "missing job ID"),
        call("DELETE", "/v1/job/nope", 404, "job not found"),
        call(
            "DELETE",
            "/v1/job/web?purge=maybe",
            500,
            "Failed to parse value of \"purge\" (maybe) as a bool: strconv.ParseBool: parsing \"maybe\": invalid syntax"),
        call("DELETE", "/v1/job/web/summary", 405, "Invalid method"),
        post("/v1/job/nope/evaluate", "", 500, "job not found"),
        post("/v1/job/web/evaluate", "{\"JobID\": \"other\"}", 400, "JobID not same as job name"),
        post("/v1/jobs", "", 400, "Request body is empty"),
        post("/v1/jobs", "{", 400, "unexpected EOF"),
        post("/v1/jobs", "{}", 400, "Job must be specified"),
        post("/v1/jobs", "{\"Job\": {}}", 400, "Job ID hasn't been provided"),
        post("/v1/jobs", "{\"Job\": {\"ID\": 5}}", 400, "json: cannot unmarshal number into "),
        post(
            "/v1/jobs",
            "{\"Job\": {\"ID\": \"a\", \"Region\": \"mars\"}}",
            500,
            "No path to region"),
        post(
            "/v1/jobs",
            "{\"Job\": {\"ID\": \"a\"}}",
            500,
            "1 error occurred:\n\t* Missing job task groups\n\n"),
        post(
            "/v1/job/b",
            "{\"Job\": {\"ID\": \"a\"}}",
            400,
            "Job ID does not match name specified in the URL"),
        post("/v1/job/web/plan", "{}", 404, "this version of Steppe does not serve a job's plan"),
        get("/v1/job/web/scale", 404, "this version of Steppe does not serve a job's scale"),
        get("/v1/validate/job", 405, "Invalid method"),
        // evaluations
        get("/v1/evaluation/" + UNKNOWN, 404, "eval not found"),
        get(
            "/v1/evaluation/abc",
            500,
            "eval lookup failed: index error: UUID must be 36 characters"),
        get("/v1/deployment/" + UNKNOWN, 404, "deployment not found"),
        get("/v1/deployments", 200, "[]"),
        // allocations
        get(
            "/v1/allocations?prefix=zz",
            500,
            "alloc lookup failed: index error: Invalid UUID: encoding/hex: invalid byte: U+007A 'z'"),
        get(
            "/v1/allocations?resources=maybe",
            500,
            "Failed to parse value of \"resources\" (maybe) as a bool: strconv.ParseBool: parsing \"maybe\": invalid syntax"),
        get(
            "/v1/allocations?task_states=maybe",
            500,
            "Failed to parse value of \"task_states\" (maybe) as a bool: strconv.ParseBool: parsing \"maybe\": invalid syntax"),
        get(
            "/v1/allocations?per_page=abc",
            400,
            "Expect a number for `per_page` query string parameter"),
        get("/v1/nodes?filter=NodeClass%20%3D%3D", 400, UNREAD_FILTER.formatted("1:13 (12)")),
        get("/v1/allocations?filter=JobID%20%3D%3D", 400, UNREAD_FILTER.formatted("1:9 (8)")),
        get("/v1/namespaces?filter=Name%20%3D%3D", 400, UNREAD_FILTER.formatted("1:8 (7)")),
        get("/v1/deployments?filter=ID%20%3D%3D", 400, UNREAD_FILTER.formatted("1:6 (5)")),
        get(
            "/v1/nodes?filter=Nope%20%3D%3D%20%22x%22",
            400,
            "failed to read result page: error finding value in datum: /Nope at part 0: couldn't find key: struct field with name \"Nope\""),
        get("/v1/allocations?stale=2", 400, STALE),
        get("/v1/allocations?index=x", 400, "Invalid index"),
        get("/v1/allocations?wait=x", 400, "Invalid wait time"),
        get("/v1/allocation/", 500, SHORT_ALLOC),
        get("/v1/allocation/" + UNKNOWN, 404, "alloc not found"),
        get("/v1/allocation/" + ALLOCATION + "/nope", 404, "resource not found"),
        post("/v1/allocation/" + UNKNOWN + "/stop", "", 404, "allocation not found"),
        post("/v1/allocation/nope/stop", "", 500, SHORT_ALLOC),
        post(
            "/v1/allocation/" + ALLOCATION + "/stop?no_shutdown_delay=maybe",
            "",
            500,
            "Failed to parse value of \"no_shutdown_delay\" (maybe) as a bool: strconv.ParseBool: parsing \"maybe\": invalid syntax"),
        // client
        get(
            "/v1/client/allocation/" + UNKNOWN + "/stats",
            404,
            "Unknown allocation \"" + UNKNOWN + "\""),
        get("/v1/client/allocation/" + ALLOCATION + "/nope", 404, "resource not found"),
        get("/v1/client/stats", 500, "missing NodeID"),
        get("/v1/client/stats?node_id=" + UNKNOWN, 500, "Unknown node " + UNKNOWN),
        get("/v1/client/fs/ls/nope", 500, SHORT_ALLOC),
        get(
            "/v1/client/fs/ls/" + ALLOCATION + "?path=nope.txt",
            404,
            "open /allocs/nope.txt: no such file or directory"),
        get("/v1/client/fs/ls/" + UNKNOWN, 404, "Unknown allocation \"" + UNKNOWN + "\""),
        get("/v1/client/fs/stat/nope?path=alloc", 500, SHORT_ALLOC),
        get(
            "/v1/client/fs/stat/" + ALLOCATION + "?path=nope.txt",
            404,
            "stat /allocs/nope.txt: no such file or directory"),
        get("/v1/client/fs/stat/" + ALLOCATION, 400, "must provide a file name"),
        get(
            "/v1/client/fs/cat/" + UNKNOWN + NUMBERS,
            200,
            "Unknown allocation \"" + UNKNOWN + "\""),
        get("/v1/client/fs/cat/nope" + NUMBERS, 200, SHORT_ALLOC),
        get(
            "/v1/client/fs/cat/" + ALLOCATION + "?path=../../../etc/passwd",
            200,
            "Path escapes the alloc directory"),
        get("/v1/client/fs/cat/" + ALLOCATION, 200, "must provide a file name"),
        get(
            "/v1/client/fs/cat/" + ALLOCATION + "?path=alloc",
            200,
            "file \"alloc\" is a directory"),
        get("/v1/client/fs/readat/nope" + NUMBERS + "&offset=0&limit=10", 200, SHORT_ALLOC),
        get(
            "/v1/client/fs/readat/" + ALLOCATION + "?path=../..&offset=0&limit=10",
            200,
            "Path escapes the alloc directory"),
        get(
            "/v1/client/fs/readat/" + ALLOCATION + NUMBERS + "&offset=x&limit=12",
            200,
            "error parsing offset: strconv.ParseInt: parsing \"x\": invalid syntax"),
        get(
            "/v1/client/fs/stream/" + ALLOCATION + "?path=nope.txt&follow=false",
            400,
            "stat /allocs/nope.txt: no such file or directory"),
        get(
            "/v1/client/fs/stream/" + ALLOCATION + NUMBERS + "&follow=maybe",
            500,
            "failed to parse follow field to boolean: strconv.ParseBool: parsing \"maybe\": invalid syntax"),
        get("/v1/client/fs/logs/?task=server&type=stdout", 400, "must provide a valid alloc id"),
        get(
            "/v1/client/fs/logs/" + UNKNOWN + "?task=server&type=stdout",
            404,
            "Unknown allocation \"" + UNKNOWN + "\""),
        get("/v1/client/fs/logs/" + ALLOCATION + "?type=stdout", 400, "must provide task name"),
        get(
            "/v1/client/fs/logs/" + ALLOCATION + "?task=server",
            400,
            "must provide log type (stdout/stderr)"),
        get(
            "/v1/client/fs/logs/" + ALLOCATION + "?task=server&type=stdin",
            400,
            "must provide log type (stdout/stderr)"),
        get(
            "/v1/client/fs/logs/" + ALLOCATION + "?task=server&type=stdout&follow=maybe",
            400,
            "failed to parse follow field to boolean: strconv.ParseBool: parsing \"maybe\": invalid syntax"),
        get(
            "/v1/client/fs/logs/" + ALLOCATION + "?task=server&type=stdout&plain=maybe",
            400,
            "failed to parse plain field to boolean: strconv.ParseBool: parsing \"maybe\": invalid syntax"),
        get(
            "/v1/client/fs/logs/" + ALLOCATION + "?task=server&type=stdout&offset=x",
            400,
            "error parsing offset: strconv.ParseInt: parsing \"x\": invalid syntax"),
        get(
            "/v1/client/fs/logs/" + ALLOCATION + "?task=server&type=stdout&origin=middle",
            400,
            "origin must be start or end"),
        get("/v1/client/fs/nope/" + ALLOCATION, 404, "Invalid method"),
        get("/v1/client/fs/", 404, "Invalid method"),
        // events
        get(
            "/v1/event/stream?index=abc",
            400,
            "Unable to parse index: strconv.Atoi: parsing \"abc\": invalid syntax"),
        get("/v1/event/stream?topic=:x", 400, "Invalid topic query: "),
        call("POST", "/v1/event/stream", 405, "Invalid method"),
        // other
        get("/v1/namespace/nope", 404, "namespace not found"),
        get("/v1/nope", 404, ""),
        get("/nope", 404, ""),
        call("PATCH", "/v1/nope", 404, ""),
        get("/v1/nodes/more", 404, ""));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void areToldAsClientsExpect(String method, String path, String body, int status, String text) {
    var request = given().urlEncodingEnabled(false).redirects().follow(false);
    Response response = (body.isEmpty() ? request : request.body(body)).request(method, path);
    assertEquals(status, response.statusCode(), response.asString());
    response
        .then()
        .header("Vary", equalTo("Accept-Encoding"))
        .body(text.endsWith(" ") ? startsWith(text) : equalTo(text));
    if (status >= 400 && !text.isEmpty() && !text.startsWith("{")) {
      response.then().header("Content-Type", equalTo("text/plain; charset=utf-8"));
    }
  }

  @ParameterizedTest
  @MethodSource("redirects")
  void pathsOutOfShapeAreRedirected(String path, String to) throws IOException {
    try (RawConnection connection = RawConnection.get(path)) {
      String head = connection.head();
      assertTrue(head.startsWith("HTTP/1.1 307 "), head);
      assertTrue(head.contains("\r\nLocation: " + to + "\r\n"), head);
      String body = "<a href=\"" + to.replace("&", "&amp;") + "\">Temporary Redirect</a>.";
      assertEquals(body, connection.read(body.length()));
    }
  }

  @Test
  void brokenEscapesAreToldOf() throws IOException {
    try (RawConnection connection = RawConnection.get("/v1/job/a%zz")) {
      assertTrue(connection.head().startsWith("HTTP/1.1 400 "));
    }
  }

  static Stream<Arguments> redirects() {
    return Stream.of(
        arguments("/", "/ui/"),
        arguments("/v1//nodes", "/v1/nodes"),
        arguments("/v1//nodes?a=1&b=2", "/v1/nodes?a=1&b=2"),
        arguments("/v1/node", "/v1/node/"),
        arguments("/v1/node//allocations", "/v1/node/allocations"),
        arguments("/v1/job/../nodes", "/v1/nodes"));
  }

  @Test
  void headIsNoMethod() {
    given().head("/v1/nodes").then().statusCode(405);
    given().head("/v1/nope").then().statusCode(404);
  }

  @Test
  void callsToALostAgentFindNoPath() {
    REGION.files().lose(NODE);
    for (String path :
        new String[] {
          "/v1/client/fs/ls/" + ALLOCATION,
          "/v1/client/fs/stream/" + ALLOCATION + NUMBERS,
          "/v1/client/fs/logs/" + ALLOCATION + "?task=a&type=stdout",
          "/v1/client/allocation/" + ALLOCATION + "/stats",
          "/v1/client/stats?node_id=" + NODE
        }) {
      given().get(path).then().statusCode(404).body(equalTo("No path to node"));
    }
  }

  @Test
  void aBodyOverTheLimitIsRefusedAndNothingChanges() {
    long before = REGION.index();
    given()
        .body(new byte[(10 << 20) + 1])
        .post("/v1/jobs")
        .then()
        .statusCode(413)
        .body(equalTo("Request body is larger than 10485760 bytes"));
    assertEquals(before, REGION.index());
  }

  private static Arguments get(String path, int status, String text) {
    return arguments("GET", path, "", status, text);
  }

  private static Arguments call(String method, String path, int status, String text) {
    return arguments(method, path, "", status, text);
  }

  private static Arguments post(String path, String body, int status, String text) {
    return arguments("POST", path, body, status, text);
  }
}
