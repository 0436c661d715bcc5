package io.steppe.gateway;

import static io.restassured.RestAssured.given;
import static io.steppe.gateway.Scene.NODE;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.gateway.region.RegionResource;
import java.net.URL;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators set and look at, through the gateway. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class OperatorTest {
  private static final String SCHEDULER = "/v1/operator/scheduler/configuration";
  private static final String AUTOPILOT = "/v1/operator/autopilot/configuration";

  @TestHTTPResource("/")
  URL gateway;

  @BeforeEach
  void set() {
    Scene.set();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /v1/agent/host?server_id=leader&node_id=x | 400 | Can only forward to either client"
            + " node or server",
        "GET | /v1/agent/host?node_id=abc | 500 | node lookup failed: index error: UUID must be 36"
            + " characters",
        "GET | /v1/agent/host?server_id=nope | 500 | unknown Nomad server nope",
        "POST | /v1/agent/host | 405 | Invalid method",
        "GET | /v1/agent/monitor?log_level=nope | 400 | Unknown log level: nope",
        "GET | /v1/agent/monitor?log_json=maybe | 400 | Unknown option for log json:"
            + " strconv.ParseBool: parsing \"maybe\": invalid syntax",
        "GET | /v1/agent/monitor?plain=maybe | 400 | Unknown option for plain:"
            + " strconv.ParseBool: parsing \"maybe\": invalid syntax",
        "GET | /v1/agent/monitor?server_id=leader&node_id=x | 400 | Cannot target node and server"
            + " simultaneously",
        "GET | /v1/agent/pprof/heap | 403 | Permission denied",
        "POST | /v1/agent/force-leave | 400 | missing node to force leave",
        "GET | /v1/agent/force-leave | 405 | Invalid method",
        "POST | /v1/agent/join | 400 | missing address to join",
        "GET | /v1/agent/join?address=127.0.0.1:9 | 405 | Invalid method",
        "POST | /v1/agent/servers?address=127.0.0.1:9 | 501 | Invalid method",
        "DELETE | /v1/operator/snapshot | 405 | Invalid method",
        "PUT | /v1/operator/scheduler/configuration?cas=x | 400 | Request body is empty",
        "GET | /v1/system/gc | 405 | Invalid method",
        "POST | /v1/system/gc | 405 | Invalid method",
        "GET | /v1/system/reconcile/summaries | 405 | Invalid method",
      })
  void whatCanNotBeAnsweredIsRefused(String method, String path, int status, String text) {
    given()
        .urlEncodingEnabled(false)
        .request(method, path)
        .then()
        .statusCode(status)
        .body(containsString(text));
  }

  @Test
  void joiningNobodySaysSo() {
    given()
        .post("/v1/agent/join?address=127.0.0.1:9")
        .then()
        .statusCode(200)
        .body("num_joined", equalTo(0))
        .body(
            "error",
            equalTo(
                "1 error occurred:\n\t* failed to join 127.0.0.1:9: dial tcp 127.0.0.1:9:"
                    + " connect: connection refused\n\n"));
  }

  /** Its own region is no other one. */
  @Test
  void joiningItselfChangesNothing() {
    given()
        .post("/v1/agent/join?address=127.0.0.1:" + gateway.getPort())
        .then()
        .statusCode(200)
        .body("num_joined", equalTo(1))
        .body("warning", equalTo(""));
    given()
        .get("/v1/regions")
        .then()
        .header("X-Steppe-Region", "global")
        .body(equalTo("[\"global\"]"));
  }

  @Test
  void tellsOfItsMachine() {
    given()
        .get("/v1/agent/host")
        .then()
        .statusCode(200)
        .body("AgentID", startsWith("api-gateway-"))
        .body("HostData.OS", containsString("Linux"))
        .body("HostData.Network.address", hasItem("127.0.0.1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/system/gc", "/v1/system/reconcile/summaries"})
  void keepsHouseWithoutAWord(String path) {
    given().put(path).then().statusCode(200).body(equalTo("")).contentType(equalTo(""));
  }

  @Test
  void keepsHowJobsArePlaced() {
    given()
        .body("{\"SchedulerAlgorithm\":\"spread\",\"PauseEvalBroker\":true}")
        .put(SCHEDULER)
        .then()
        .statusCode(200)
        .body("Updated", equalTo(true))
        .body("Index", greaterThan(5));
    int index =
        given()
            .get(SCHEDULER)
            .then()
            .statusCode(200)
            .header("X-Nomad-KnownLeader", "true")
            .body("SchedulerConfig.SchedulerAlgorithm", equalTo("spread"))
            .body("SchedulerConfig.PauseEvalBroker", equalTo(true))
            .extract()
            .path("Index");
    given()
        .body("{}")
        .put(SCHEDULER + "?cas=" + (index + 1))
        .then()
        .statusCode(200)
        .body("Updated", equalTo(false));
    given()
        .body("{}")
        .put(SCHEDULER + "?cas=x")
        .then()
        .statusCode(400)
        .body(equalTo("Error parsing cas value: strconv.ParseUint: parsing \"x\": invalid syntax"));
    given()
        .body("{\"SchedulerAlgorithm\":\"nope\"}")
        .put(SCHEDULER)
        .then()
        .statusCode(400)
        .body(equalTo("invalid scheduler algorithm: nope"));
  }

  @Test
  void keepsWhatIsSaidOfDeadServers() {
    given()
        .body("{\"LastContactThreshold\":\"1s\",\"MaxTrailingLogs\":7}")
        .put(AUTOPILOT)
        .then()
        .statusCode(200)
        .body(equalTo("true"));
    given()
        .get(AUTOPILOT)
        .then()
        .body("LastContactThreshold", equalTo("1s"))
        .body("MaxTrailingLogs", equalTo(7));
    given()
        .body("{\"LastContactThreshold\":\"soon\"}")
        .put(AUTOPILOT)
        .then()
        .statusCode(400)
        .body(equalTo("Error parsing autopilot config: time: invalid duration \"soon\""));
  }

  @Test
  void lacksAServiceInThisRegion() {
    given()
        .get("/v1/operator/autopilot/health")
        .then()
        .statusCode(429)
        .body("Healthy", equalTo(false))
        .body("Leader", equalTo("event-service-0"))
        .body("Servers.ID", hasItem("event-service-0"));
    given()
        .get("/v1/operator/raft/configuration")
        .then()
        .statusCode(200)
        .body("Servers[0].ID", equalTo("postgresql"))
        .body("Servers.ID", hasItem("event-service-0"));
  }

  @Test
  void measuresInBothFormats() {
    given()
        .get("/v1/metrics")
        .then()
        .statusCode(200)
        .body("Gauges.Name", hasItem("nomad.runtime.alloc_bytes"))
        .body("Gauges.Name", hasItem("steppe.log.index"))
        .body("Counters.size()", equalTo(0));
    given()
        .get("/v1/metrics?format=prometheus")
        .then()
        .statusCode(200)
        .contentType(startsWith("text/plain"))
        .body(containsString("# TYPE nomad_runtime_alloc_bytes gauge\nnomad_runtime_alloc_bytes "))
        .body(containsString("steppe_nodes{status="))
        .body(not(containsString("null")));
  }

  @Test
  void aRegionThatIsKnownNoMoreIsNoPath() {
    given()
        .get("/v1/node/" + NODE + "?region=elsewhere")
        .then()
        .statusCode(500)
        .body(equalTo("No path to region"));
  }
}
