package io.steppe.e2e;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad requests get Nomad's status and a clear text, and change nothing. */
@OnSharedCluster
class BadInputTest {
  private static final String UNKNOWN = "6f1c5c2e-7f2b-4a53-8f5b-0d8c6f2a9b11";

  private Api api;

  @BeforeEach
  void use(LocalCluster cluster) {
    api = cluster.api();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /v1/nodes?index=abc | 400 | Invalid index",
        "GET | /v1/nodes?index=1&wait=abc | 400 | Invalid wait time",
        "GET | /v1/nodes?index=1&wait=5 | 400 | Invalid wait time",
        "GET | /v1/nodes?stale=maybe | 400 | Expect `true` or `false` for `stale` query string parameter",
        "GET | /v1/nodes?region=xyz | 500 | No path to region",
        "GET | /v1/nodes?prefix=abcdef1 | 500 | must be even length",
        "POST | /v1/nodes | 405 | Invalid method",
        "DELETE | /v1/nodes | 405 | Invalid method",
        "GET | /v1/node/" + UNKNOWN + " | 404 | node not found",
        "GET | /v1/node/12345678 | 500 | UUID must be 36 characters",
        "GET | /v1/node/ | 500 | missing node ID",
        "GET | /v1/job/nope | 404 | job not found",
        "GET | /v1/evaluation/" + UNKNOWN + " | 404 | eval not found",
        "GET | /v1/allocation/" + UNKNOWN + " | 404 | alloc not found",
        "GET | /v1/allocation/ | 500 | alloc lookup failed: index error: UUID must be 36 characters",
        "GET | /v1/allocations?prefix=zz | 500 | Invalid UUID",
        "GET | /v1/allocations?index=x | 400 | Invalid index",
        "POST | /v1/allocation/" + UNKNOWN + "/stop | 404 | allocation not found",
        "POST | /v1/allocation/nope/stop | 500 | UUID must be 36 characters",
        "GET | /v1/client/fs/logs/?task=server&type=stdout | 400 | must provide a valid alloc id",
        "GET | /v1/client/fs/logs/"
            + UNKNOWN
            + "?task=server&type=stdout | 404 | Unknown allocation",
        "GET | /v1/client/fs/cat/" + UNKNOWN + "?path=a | 200 | Unknown allocation",
        "GET | /v1/client/fs/nope/" + UNKNOWN + " | 404 | Invalid method",
        "GET | /v1/client/allocation/" + UNKNOWN + "/stats | 404 | Unknown allocation",
        "GET | /v1/event/stream?index=abc | 400 | Unable to parse index",
        "POST | /v1/agent/health | 405 | Invalid method",
      })
  void isAnsweredAsNomadDoes(String method, String path, int status, String text) {
    answer(
        given().urlEncodingEnabled(false).request(method, api.base() + path).then(), status, text);
  }

  @Test
  void unknownPathsAreEmptyAndDoubledSlashesLead() throws Exception {
    Api.Answer nope = api.send("GET", "/v1/nope", null);
    assertEquals(404, nope.status());
    assertEquals("", nope.body());
    Api.Answer doubled = api.send("GET", "/v1//nodes", null);
    assertEquals(307, doubled.status());
    assertEquals("<a href=\"/v1/nodes\">Temporary Redirect</a>.", doubled.body().strip());
  }

  @Test
  void jobsThatAreNoneAreRefusedAndNothingChanges() throws Exception {
    long before = api.send("GET", "/v1/jobs", null).ok().index();
    answer(put("/v1/jobs", "{nope"), 400, "invalid character");
    answer(put("/v1/jobs", "{\"Job\":{\"ID\":5}}"), 400, "");
    answer(put("/v1/jobs", "{}"), 400, "Job must be specified");
    ObjectNode noGroups = Api.shellJob("bad", "service", 1, "true");
    noGroups.putArray("TaskGroups");
    answer(put("/v1/jobs", "{\"Job\":" + noGroups + "}"), 500, "Missing job task groups");
    ObjectNode wrongType = Api.shellJob("bad", "nonsense", 1, "true");
    answer(put("/v1/jobs", "{\"Job\":" + wrongType + "}"), 500, "Invalid job type");
    assertEquals(before, api.send("GET", "/v1/jobs", null).ok().index());
    assertEquals(404, api.send("GET", "/v1/job/bad", null).status());
  }

  @Test
  void bodiesOver10MebibytesAreRefused() {
    String body = "{\"Job\":{\"ID\":\"" + "x".repeat(11 << 20) + "\"}}";
    int status =
        given()
            .body(body)
            .put(api.base() + "/v1/jobs")
            .then()
            .body(not(containsString("Exception")))
            .extract()
            .statusCode();
    assertEquals(413, status);
  }

  @Test
  void pathsThatClimbOutOfTheAllocationAreRefused() throws Exception {
    api.register(Api.shellJob("climber", "service", 1, "echo started; sleep 600"));
    String id =
        api.awaitRunning("climber", 1, Duration.ofSeconds(20)).getFirst().path("ID").asText();
    try {
      answer(
          get("/v1/client/fs/cat/" + id + "?path=../../../etc/passwd"),
          200,
          "Path escapes the alloc directory");
      answer(get("/v1/client/fs/cat/" + id), 200, "must provide a file name");
      answer(get("/v1/client/fs/ls/" + id + "?path=nope.txt"), 404, "no such file or directory");
      answer(get("/v1/client/fs/stat/" + id + "?path=nope.txt"), 404, "no such file or directory");
      answer(get("/v1/client/fs/logs/" + id + "?type=stdout"), 400, "must provide task name");
      answer(
          get("/v1/client/fs/logs/" + id + "?task=main"),
          400,
          "must provide log type (stdout/stderr)");
      answer(
          get("/v1/client/fs/logs/" + id + "?task=main&type=stdin"),
          400,
          "must provide log type (stdout/stderr)");
      answer(
          get("/v1/client/fs/logs/" + id + "?task=main&type=stdout&follow=maybe"),
          400,
          "failed to parse follow field to boolean");
      answer(
          get("/v1/client/fs/logs/" + id + "?task=main&type=stdout&offset=x"),
          400,
          "error parsing offset");
      answer(
          get("/v1/client/fs/logs/" + id + "?task=main&type=stdout&origin=middle"),
          400,
          "origin must be start or end");
    } finally {
      api.stopJob("climber");
    }
  }

  @Test
  void eligibilityIsChecked() throws Exception {
    String node = api.readyNodes().iterator().next();
    answer(
        put("/v1/node/" + node + "/eligibility", "{\"Eligibility\": \"maybe\"}"),
        500,
        "invalid scheduling eligibility \"maybe\"");
    answer(put("/v1/node/" + node + "/eligibility", "{nope"), 400, "invalid character");
    answer(put("/v1/node/" + node + "/eligibility", "{\"Eligibility\": 5}"), 400, "");
    answer(
        put("/v1/node/" + UNKNOWN + "/eligibility", "{\"Eligibility\": \"eligible\"}"),
        500,
        "node not found");
    answer(
        given().get(api.base() + "/v1/node/" + node + "/eligibility").then(),
        405,
        "Invalid method");
  }

  private ValidatableResponse get(String path) {
    return given().urlEncodingEnabled(false).get(api.base() + path).then();
  }

  private ValidatableResponse put(String path, String body) {
    return given().body(body).put(api.base() + path).then();
  }

  private static void answer(ValidatableResponse response, int status, String text) {
    response
        .body(containsString(text))
        .body(not(containsString("Exception")))
        .body(not(containsString("\tat ")))
        .statusCode(status);
  }
}
