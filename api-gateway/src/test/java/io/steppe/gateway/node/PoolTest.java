package io.steppe.gateway.node;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.gateway.region.Region;
import io.steppe.gateway.region.RegionResource;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodePool;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Node pools, their nodes and their jobs. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class PoolTest {
  private static final Region REGION = RegionResource.REGION;
  private static final String NODE = "66666666-1111-1111-1111-111111111111";

  @BeforeEach
  void set() {
    REGION.put(NodePool.newBuilder().setName("taken").setDescription("With a node").build());
    REGION.put(Node.newBuilder().setId(NODE).setNodePool("taken").build());
    REGION.put(
        Job.newBuilder().setId("in-pool").setNamespace("default").setNodePool("taken").build());
  }

  @Test
  void poolsAreListedAndRead() {
    given()
        .get("/v1/node/pools")
        .then()
        .statusCode(200)
        .header("X-Nomad-Index", not(nullValue()))
        .body("Name", hasItems("taken"));
    given().get("/v1/node/pools?prefix=none-of-them").then().body("", equalTo(List.of()));
    given()
        .get("/v1/node/pool/taken")
        .then()
        .statusCode(200)
        .body("Description", equalTo("With a node"))
        .body("Meta", nullValue())
        .body("SchedulerConfiguration", nullValue());
    given().get("/v1/node/pool/taken/nodes").then().body("ID", equalTo(List.of(NODE)));
    given().get("/v1/node/pool/taken/jobs").then().body("ID", equalTo(List.of("in-pool")));
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,/v1/node/pools",
    "POST,/v1/node/pools",
    "PUT,/v1/node/pool/made",
    "POST,/v1/node/pool/made"
  })
  void aPoolIsMadeAndForgotten(String method, String path) {
    given()
        .body(
            "{\"Name\": \"made\", \"Meta\": {\"a\": \"b\"}, \"SchedulerConfiguration\": {\"SchedulerAlgorithm\": \"spread\", \"MemoryOversubscriptionEnabled\": true}}")
        .request(method, path)
        .then()
        .statusCode(200)
        .header("X-Nomad-Index", equalTo(String.valueOf(REGION.index())))
        .body(emptyString());
    given()
        .get("/v1/node/pool/made")
        .then()
        .body("Meta.a", equalTo("b"))
        .body("SchedulerConfiguration.SchedulerAlgorithm", equalTo("spread"))
        .body("SchedulerConfiguration.MemoryOversubscriptionEnabled", equalTo(true));
    given().delete("/v1/node/pool/made").then().statusCode(200).body(emptyString());
    given().get("/v1/node/pool/made").then().statusCode(404).body(equalTo("node pool not found"));
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,/v1/node/pools,'',400,Request body is empty",
    "PUT,/v1/node/pools,'{\"Name\": \"all\"}',400,modifying node pool \"all\" is not allowed",
    "PUT,/v1/node/pool/one,'{\"Name\": \"two\"}',400,Node pool name does not match request path",
    "DELETE,/v1/node/pool/nope,'',500,node pool nope not found",
    "DELETE,/v1/node/pool/taken,'',500,node pool \"taken\" has nodes",
    "DELETE,/v1/node/pools,'',405,Invalid method",
    "PUT,/v1/node/pool/taken/nodes,'{}',405,Invalid method",
    "GET,/v1/node/pool/,'',404,node pool not found",
    "DELETE,/v1/node/pool/,'',400,Missing node pool name",
    "GET,/v1/node/pool/nope,'',404,node pool not found"
  })
  void whatCannotBeIsRefused(String method, String path, String body, int status, String text) {
    given().body(body).request(method, path).then().statusCode(status).body(equalTo(text));
  }
}
