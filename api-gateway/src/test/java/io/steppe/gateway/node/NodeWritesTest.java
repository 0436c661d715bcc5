package io.steppe.gateway.node;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.steppe.gateway.region.Region;
import io.steppe.gateway.region.RegionResource;
import io.steppe.proto.v1.Node;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators do to one node, by PUT and by POST. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class NodeWritesTest {
  private static final Region REGION = RegionResource.REGION;
  private static final String NODE = "55555555-1111-1111-1111-111111111111";

  @BeforeEach
  void set() {
    REGION.put(Node.newBuilder().setId(NODE).setSchedulingEligibility("eligible").build());
  }

  private static ValidatableResponse call(String method, String what, String body) {
    return given().body(body).request(method, "/v1/node/" + NODE + "/" + what).then();
  }

  private static ValidatableResponse node() {
    return given().get("/v1/node/" + NODE).then().statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST"})
  void aDrainIsSetAndCalledOff(String method) {
    call(
            method,
            "drain",
            "{\"DrainSpec\": {\"Deadline\": 60000000000, \"IgnoreSystemJobs\": true}, \"Meta\": {\"message\": \"maintenance\"}}")
        .statusCode(200)
        .header("X-Nomad-Index", equalTo(String.valueOf(REGION.index())))
        .body("NodeModifyIndex", equalTo((int) REGION.index()))
        .body("EvalIDs", nullValue())
        .body("EvalCreateIndex", equalTo(0))
        .body("Index", equalTo((int) REGION.index()));
    node()
        .body("DrainStrategy.Deadline", equalTo(60_000_000_000L))
        .body("DrainStrategy.IgnoreSystemJobs", equalTo(true))
        .body("LastDrain.Meta.message", equalTo("maintenance"))
        .body("SchedulingEligibility", equalTo("ineligible"));

    call(method, "drain", "{}").statusCode(200).body("EvalIDs", equalTo(java.util.List.of("e")));
    node().body("DrainStrategy", nullValue()).body("SchedulingEligibility", equalTo("ineligible"));

    call(method, "drain", "{\"DrainSpec\": null, \"MarkEligible\": true}").statusCode(200);
    node().body("SchedulingEligibility", equalTo("eligible"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST"})
  void aDrainIsForcedInTheOldForm(String method) {
    call(method, "drain?enable=true", "").statusCode(200);
    node().body("DrainStrategy.Deadline", equalTo(-1));
    call(method, "drain?enable=false", "").statusCode(200);
    node().body("DrainStrategy", nullValue()).body("SchedulingEligibility", equalTo("eligible"));
    call(method, "drain?enable=maybe", "").statusCode(500);
    call(method, "drain", "").statusCode(400).body(equalTo("Request body is empty"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST"})
  void aNodeIsPurged(String method) {
    call(method, "purge", "")
        .statusCode(200)
        .header("X-Nomad-Index", equalTo(String.valueOf(REGION.index())))
        .body("NodeModifyIndex", equalTo((int) REGION.index()))
        .body("EvalIDs", hasItem("e"))
        .body("HeartbeatTTL", equalTo(0))
        .body("Servers", nullValue())
        .body("SignedIdentity", nullValue());
    given().get("/v1/node/" + NODE).then().statusCode(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST"})
  void aNodeIsEvaluated(String method) {
    call(method, "evaluate", "")
        .statusCode(200)
        .header("X-Nomad-Index", equalTo(String.valueOf(REGION.index())))
        .body("EvalIDs", hasItem("e"))
        .body("EvalCreateIndex", equalTo((int) REGION.index()))
        .body("NumNodes", greaterThan(0))
        .body("SchedulingEligibility", equalTo("eligible"))
        .body("LeaderRPCAddr", equalTo(REGION.address()))
        .body("Servers[0].RPCAdvertiseAddr", equalTo(REGION.address()))
        .body("Servers[0].Datacenter", equalTo("dc1"));
  }
}
