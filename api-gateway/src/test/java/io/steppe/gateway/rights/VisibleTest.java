package io.steppe.gateway.rights;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import io.steppe.gateway.Scene;
import io.steppe.gateway.region.RegionResource;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.NodePool;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists hold what a token may see, and nothing else. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
@TestProfile(TestTokens.Profile.class)
class VisibleTest {
  private static final String ELSEWHERE = "bbbbbbbb-1111-1111-1111-111111111111";

  @BeforeEach
  void scene() {
    Scene.set();
    Scene.REGION.put(Scene.job("away").toBuilder().setNamespace("other").build());
    Scene.REGION.put(
        Allocation.newBuilder()
            .setId(ELSEWHERE)
            .setNamespace("other")
            .setJobId("away")
            .setNodeId(Scene.NODE)
            .build());
    Scene.REGION.put(
        Evaluation.newBuilder().setId(Scene.EVALUATION).setNamespace("default").build());
    Scene.REGION.put(NodePool.newBuilder().setName("blue").build());
    Scene.REGION.put(NodePool.newBuilder().setName("red").build());
  }

  private static ValidatableResponse get(String path, String token) {
    return given().header("X-Nomad-Token", token).get(path).then();
  }

  @Test
  void ofAllNamespacesATokenSeesItsOwn() {
    for (int twice = 0; twice < 2; twice++) {
      get("/v1/jobs?namespace=*", "management").body("ID", hasItems("web", "away"));
      get("/v1/jobs?namespace=*", "namespace:other:list-jobs").body("ID", is(List.of("away")));
      get("/v1/jobs?namespace=*", "namespace:default:list-jobs").body("ID", not(hasItems("away")));
      get("/v1/allocations?namespace=*", "namespace:other:read-job")
          .body("ID", is(List.of(ELSEWHERE)));
    }
    get("/v1/jobs?namespace=*", "node:write").statusCode(403);
    get("/v1/jobs?namespace=other", "namespace:default:list-jobs").statusCode(403);
  }

  @Test
  void aNodesAllocationsAreThoseInVisibleNamespaces() {
    String path = "/v1/node/" + Scene.NODE + "/allocations";
    get(path, "management").body("ID", hasItems(Scene.ALLOCATION, ELSEWHERE));
    get(path, "node:read").statusCode(200).body("", is(List.of()));
    get(path, "namespace:other:read-job").statusCode(403);
  }

  @Test
  void whatIsInAHiddenNamespaceIsToldAsNomadTellsIt() {
    String hidden = "/v1/allocation/" + ELSEWHERE;
    get(hidden, "namespace:other:read-job").statusCode(200);
    get(hidden, "namespace:default:read-job")
        .statusCode(500)
        .body(equalTo("Unknown allocation \"" + ELSEWHERE + "\""));
    get(hidden, "unknown").statusCode(403);
    get("/v1/allocation/" + Scene.UNKNOWN, "node:read")
        .statusCode(404)
        .body(equalTo("alloc not found"));
    String evaluation = "/v1/evaluation/" + Scene.EVALUATION;
    get(evaluation, "namespace:default:read-job").statusCode(200);
    get(evaluation, "namespace:other:read-job").statusCode(403);
    get(evaluation + "?namespace=other", "namespace:other:read-job").statusCode(403);
    get("/v1/evaluation/" + Scene.UNKNOWN, "namespace:default:read-job").statusCode(404);
    get("/v1/evaluation/" + Scene.UNKNOWN, "node:read").statusCode(403);
  }

  @Test
  void namespacesAndPoolsAreListedForEverybodyAsFarAsTheyMaySee() {
    given().get("/v1/namespaces").then().statusCode(200).body("", is(List.of()));
    get("/v1/namespaces", "namespace:default:read-fs").body("Name", is(List.of("default")));
    get("/v1/namespaces", "unknown").statusCode(403);
    get("/v1/namespace/default", "namespace:other:read-job").statusCode(403);
    given().get("/v1/node/pools").then().statusCode(200).body("", is(List.of()));
    get("/v1/node/pools", "pool:blue:read").body("Name", is(List.of("blue")));
    get("/v1/node/pools", "management").body("Name", hasItems("blue", "red"));
    get("/v1/node/pool/red", "pool:blue:read").statusCode(403);
  }

  @Test
  void mistakesAreToldBeforeRightsAreLookedAt() {
    given().get("/v1/nodes?index=abc").then().statusCode(400).body(equalTo("Invalid index"));
    given().put("/v1/nodes").then().statusCode(405);
    given().get("/v1/client/fs/ls/nope").then().statusCode(500).body(containsString("36"));
    given()
        .body("{nope")
        .put("/v1/node/" + Scene.NODE + "/drain")
        .then()
        .statusCode(400)
        .body(containsString("invalid character"));
    String unknown = "Unknown allocation \"" + Scene.UNKNOWN + "\"";
    given().get("/v1/client/fs/ls/" + Scene.UNKNOWN).then().statusCode(404).body(is(unknown));
    get("/v1/client/fs/ls/" + Scene.UNKNOWN, "unknown").statusCode(403);
    given()
        .put("/v1/allocation/" + Scene.UNKNOWN + "/stop")
        .then()
        .statusCode(404)
        .body(equalTo("allocation not found"));
  }

  @Test
  void tokensComeInEitherHeader() {
    given().header("Authorization", "Bearer node:read").get("/v1/nodes").then().statusCode(200);
    given().header("Authorization", "bearer node:read").get("/v1/nodes").then().statusCode(200);
    given()
        .header("Authorization", "Bearer agent:read")
        .header("X-Nomad-Token", "node:read")
        .get("/v1/nodes")
        .then()
        .statusCode(200);
    given().header("Authorization", "Basic node:read").get("/v1/nodes").then().statusCode(403);
  }

  @Test
  void whoMayNotReadAFileIsToldInItsPlace() {
    String cat = "/v1/client/fs/cat/" + Scene.ALLOCATION + "?path=numbers.txt";
    given().get(cat).then().statusCode(200).body(equalTo("Permission denied"));
    get(cat, "namespace:default:read-fs").statusCode(200).body(equalTo("0123456789"));
  }
}
