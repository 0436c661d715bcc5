package io.steppe.gateway.node;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.steppe.gateway.region.Region;
import io.steppe.gateway.region.RegionResource;
import io.steppe.proto.v1.Node;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of all nodes that a filter names. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class ManyNodesTest {
  private static final Region REGION = RegionResource.REGION;
  private static final String ONE = "77777777-1111-1111-1111-111111111111";
  private static final String TWO = "77777777-2222-2222-2222-222222222222";

  @BeforeEach
  void set() {
    for (String id : List.of(ONE, TWO)) {
      REGION.put(
          Node.newBuilder().setId(id).setName("many").setSchedulingEligibility("eligible").build());
    }
  }

  private static ValidatableResponse call(
      String method, String what, String filter, String body, boolean dryRun) {
    return given()
        .queryParam("filter", filter)
        .queryParam("dry_run", dryRun)
        .body(body)
        .request(method, "/v1/nodes/" + what)
        .then();
  }

  private static ValidatableResponse node(String id) {
    return given().get("/v1/node/" + id).then();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST"})
  void allThatTheFilterNamesAreChanged(String method) {
    String off = "{\"Eligibility\": \"ineligible\"}";
    long before = REGION.index();
    call(method, "eligibility", "Name == many", off, true)
        .statusCode(200)
        .body("NodeIDs", equalTo(List.of(ONE, TWO)))
        .body("Index", equalTo(0));
    org.junit.jupiter.api.Assertions.assertEquals(before, REGION.index());
    call(method, "eligibility", "Name == many", off, false)
        .statusCode(200)
        .header("X-Nomad-Index", equalTo(String.valueOf(REGION.index())))
        .body("NodeIDs", equalTo(List.of(ONE, TWO)))
        .body("Index", equalTo((int) REGION.index()));
    node(TWO).body("SchedulingEligibility", equalTo("ineligible"));
    call(method, "drain", "Name == many", "{\"DrainSpec\": {\"Deadline\": 5}}", false)
        .statusCode(200);
    node(ONE).body("DrainStrategy.Deadline", equalTo(5));
    call(method, "eligibility", "Name == many", "{\"Eligibility\": \"eligible\"}", false)
        .statusCode(409)
        .body(equalTo("it is draining"));
    call(method, "purge", "Name == many", "", false).statusCode(200);
    node(ONE).statusCode(404);
    call(method, "purge", "Name == many", "", false)
        .statusCode(200)
        .body("NodeIDs", equalTo(List.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/v1/nodes/drain,'{}',400,Missing filter",
    "POST,/v1/nodes/purge?filter=,'',400,Missing filter",
    "POST,/v1/nodes/purge?filter=nope,'',400,failed to read filter expression: no",
    "POST,/v1/nodes/drain?filter=x,'',400,Request body is empty",
    "POST,/v1/nodes/eligibility?filter=x,'{}',500,invalid scheduling eligibility \"\"",
    "POST,/v1/nodes/purge?filter=x&dry_run=maybe,'',500,Failed to parse value of \"dry_run\"",
    "GET,/v1/nodes/drain,'',405,Invalid method",
    "DELETE,/v1/nodes/purge?filter=x,'',405,Invalid method",
    "POST,/v1/nodes,'',405,Invalid method"
  })
  void whatCannotBeIsRefused(String method, String path, String body, int status, String text) {
    given().body(body).request(method, path).then().statusCode(status).body(startsWith(text));
  }
}
