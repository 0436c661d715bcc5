package io.steppe.gateway;

import static io.restassured.RestAssured.given;
import static io.steppe.gateway.Scene.ALLOCATION;
import static io.steppe.gateway.Scene.NODE;
import static io.steppe.gateway.Scene.REGION;
import static io.steppe.gateway.Scene.UNKNOWN;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.gateway.region.RegionResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators have nodes and allocations do. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class OperationsTest {
  private static final String BASE = "/v1/client/allocation/" + ALLOCATION;
  private static final String METADATA = "/v1/client/metadata?node_id=" + NODE;

  @BeforeEach
  void set() {
    Scene.set();
    REGION.files().lose("");
  }

  @Test
  void tasksAreRestartedAndSignalled() {
    given().put(BASE + "/restart").then().statusCode(200).body(equalTo("{\"Index\":0}"));
    given()
        .body("{\"TaskName\":\"nope\"}")
        .post(BASE + "/restart")
        .then()
        .statusCode(500)
        .body(equalTo("Could not find task runner for task: nope"));
    given()
        .body("{\"Signal\":\"SIGHUP\",\"Task\":\"web\"}")
        .post(BASE + "/signal")
        .then()
        .statusCode(200)
        .body(equalTo("{\"Index\":0}"));
    given()
        .body("{\"Signal\":\"SIGHUP\",\"Task\":\"nope\"}")
        .post(BASE + "/signal")
        .then()
        .statusCode(500)
        .body(equalTo("Task not found"));
    given()
        .post(BASE + "/signal")
        .then()
        .statusCode(400)
        .body(equalTo("Failed to decode body: Request body is empty"));
    given()
        .body("{\"Signal\":\"SIGHUP\"}")
        .post("/v1/client/allocation/" + UNKNOWN + "/signal")
        .then()
        .statusCode(404)
        .body(equalTo("Unknown allocation \"" + UNKNOWN + "\""));
    given().get(BASE + "/restart").then().statusCode(405).body(equalTo("Invalid method"));
    given().get(BASE + "/nope").then().statusCode(404).body(equalTo("resource not found"));
  }

  @Test
  void tasksAreHeld() {
    given()
        .body("{\"Task\":\"web\",\"ScheduleState\":\"pause\"}")
        .put(BASE + "/pause")
        .then()
        .body(equalTo("{\"Index\":0}"));
    given().get(BASE + "/pause?task=web").then().body("ScheduleState", equalTo("force_pause"));
    given().delete(BASE + "/pause").then().statusCode(405);
  }

  @Test
  void checksAreShownByTheirIds() {
    given().get(BASE + "/checks").then().body("c1.ID", equalTo("c1"));
  }

  @Test
  void garbageIsCollectedInSilence() {
    given()
        .put("/v1/client/gc?node_id=" + NODE)
        .then()
        .statusCode(200)
        .header("Content-Type", nullValue())
        .body(equalTo(""));
    given()
        .get("/v1/client/gc?node_id=" + UNKNOWN)
        .then()
        .statusCode(500)
        .body(equalTo("Unknown node " + UNKNOWN));
    given()
        .get(BASE + "/gc")
        .then()
        .statusCode(500)
        .body(equalTo("No such allocation on client, or allocation not eligible for GC"));
    given().get("/v1/client/allocation/" + UNKNOWN + "/gc").then().statusCode(404);
  }

  @Test
  void labelsAreReadAndChanged() {
    given().get(METADATA).then().statusCode(200).body("Meta.rack", equalTo("r1"));
    given()
        .body("{\"Meta\":{\"rack\":\"r9\",\"gone\":null}}")
        .post(METADATA)
        .then()
        .body(
            equalTo("{\"Meta\":null,\"Dynamic\":{\"gone\":null,\"rack\":\"r9\"},\"Static\":null}"));
    given()
        .body("{\"NodeID\":\"" + NODE + "\",\"Meta\":{\"rack\":\"r9\"}}")
        .post("/v1/client/metadata")
        .then()
        .body("Dynamic.rack", equalTo("r9"));
    given()
        .body("{}")
        .post(METADATA)
        .then()
        .statusCode(400)
        .body(equalTo("missing required Meta object"));
    given()
        .body("{\"Meta\":{\"a b\":\"x\"}}")
        .post(METADATA)
        .then()
        .statusCode(400)
        .body(startsWith("\"a b\" is invalid"));
    given().body("{\"Meta\":{\"a\":5}}").post(METADATA).then().statusCode(400);
    given().delete(METADATA).then().statusCode(405).body(equalTo("Invalid method"));
  }
}
