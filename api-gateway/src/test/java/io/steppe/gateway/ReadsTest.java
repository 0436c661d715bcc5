package io.steppe.gateway;

import static io.restassured.RestAssured.given;
import static io.steppe.gateway.Scene.ALLOCATION;
import static io.steppe.gateway.Scene.NODE;
import static io.steppe.gateway.Scene.OTHER_NODE;
import static io.steppe.gateway.Scene.REGION;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.gateway.region.RegionResource;
import io.steppe.proto.v1.Node;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads and writes as clients see them. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class ReadsTest {
  @BeforeEach
  void set() {
    Scene.set();
  }

  @Test
  void readsCarryTheirIndex() {
    given()
        .get("/v1/nodes")
        .then()
        .statusCode(200)
        .header("Content-Type", equalTo("application/json"))
        .header("X-Nomad-Index", not(equalTo("0")))
        .header("X-Nomad-KnownLeader", equalTo("true"))
        .header("X-Nomad-LastContact", equalTo("0"))
        .body("ID", hasItems(NODE, OTHER_NODE));
    given().get("/v1/node/" + NODE).then().statusCode(200).body("Name", equalTo("one"));
    given().get("/v1/node/" + NODE + "/allocations").then().body("ID", hasItems(ALLOCATION));
    given().get("/v1/allocation/" + ALLOCATION).then().body("NodeID", equalTo(NODE));
    given().get("/v1/job/web/allocations").then().body("ID", hasItems(ALLOCATION));
  }

  @Test
  void whatHasNotChangedIsNotSentAgain() {
    given().get("/v1/nodes").then().statusCode(200);
    REGION.takeWhole();
    REGION.takeUnchanged();
    given().get("/v1/nodes").then().statusCode(200).body("ID", hasItems(NODE));
    assertEquals(0, REGION.takeWhole());
    assertEquals(1, REGION.takeUnchanged());
    REGION.put(Node.newBuilder().setId(NODE).setName("renamed").build());
    given().get("/v1/nodes").then().body("Name", hasItems("renamed"));
    assertEquals(1, REGION.takeWhole());
  }

  @Test
  void answersAndErrorsAreCompressedForThoseWhoTakeIt() throws Exception {
    for (String path :
        new String[] {
          "/v1/nodes",
          "/v1/nodes",
          "/v1/node/abc",
          "/v1/agent/self",
          "/v1/client/fs/cat/" + ALLOCATION + "?path=numbers.txt"
        }) {
      HttpResponse<byte[]> compressed = raw(path, "gzip, deflate");
      HttpResponse<byte[]> plain = raw(path, "identity");
      assertEquals("gzip", compressed.headers().firstValue("Content-Encoding").orElse(""), path);
      assertEquals("Accept-Encoding", compressed.headers().firstValue("Vary").orElse(""), path);
      assertTrue(plain.headers().firstValue("Content-Encoding").isEmpty(), path);
      assertEquals(
          new String(plain.body(), StandardCharsets.UTF_8),
          new String(inflated(compressed.body()), StandardCharsets.UTF_8));
    }
    assertTrue(raw("/v1/nodes", "gzip;q=0").headers().firstValue("Content-Encoding").isEmpty());
  }

  @Test
  void prettyIsFourSpacesAndANewline() {
    given()
        .get("/v1/nodes?pretty")
        .then()
        .body(containsString("\n    {\n        \""))
        .body(endsWith("]\n"));
    given().get("/v1/regions?pretty=true").then().body(equalTo("[\n    \"global\"\n]\n"));
  }

  @Test
  void pagesFollowTheirTokens() {
    String next =
        given()
            .get("/v1/nodes?per_page=1")
            .then()
            .body("size()", equalTo(1))
            .extract()
            .header("X-Nomad-NextToken");
    assertEquals(OTHER_NODE, next);
    given()
        .get("/v1/nodes?per_page=1&next_token=" + next)
        .then()
        .body("ID", hasItems(OTHER_NODE))
        .header("X-Nomad-NextToken", nullValue());
    given().get("/v1/nodes?reverse=true").then().body("[0].ID", equalTo(OTHER_NODE));
  }

  @Test
  void listsShowWhatTheFilterHoldsFor() {
    given()
        .queryParam("filter", "Name == \"two\" or Meta.rack == r1")
        .get("/v1/nodes")
        .then()
        .body("ID", contains(OTHER_NODE));
    given()
        .queryParam("filter", "Name != nobody")
        .get("/v1/nodes?per_page=1&reverse=true")
        .then()
        .body("ID", contains(OTHER_NODE))
        .header("X-Nomad-NextToken", equalTo(NODE));
    given()
        .queryParam("filter", "JobID matches \"^we\" and DesiredStatus is empty")
        .get("/v1/allocations")
        .then()
        .body("ID", hasItems(ALLOCATION));
    given()
        .queryParam("filter", "Name contains fault")
        .get("/v1/namespaces")
        .then()
        .body("Name", contains("default"));
    given().queryParam("filter", "Name == x").get("/v1/namespaces").then().body(equalTo("[]"));
  }

  @Test
  void answersAreKeptForEachFilterAndPage() {
    String one = "Name == one";
    String two = "Name == two";
    given().queryParam("filter", one).get("/v1/nodes").then().body("ID", contains(NODE));
    given().queryParam("filter", two).get("/v1/nodes").then().body("ID", contains(OTHER_NODE));
    given().get("/v1/nodes?per_page=1").then().body("ID", contains(NODE));
    REGION.takeWhole();
    REGION.takeUnchanged();
    given().queryParam("filter", one).get("/v1/nodes").then().body("ID", contains(NODE));
    given()
        .get("/v1/nodes?per_page=1")
        .then()
        .body("ID", contains(NODE))
        .header("X-Nomad-NextToken", equalTo(OTHER_NODE));
    assertEquals(0, REGION.takeWhole());
    assertEquals(2, REGION.takeUnchanged());
  }

  @Test
  void idsBeginWithPrefixesInAnyCase() {
    given().get("/v1/nodes?prefix=11111111").then().body("size()", equalTo(1));
    given().get("/v1/allocations?prefix=AAAAAAAA11").then().body("size()", equalTo(1));
    given().get("/v1/node/" + NODE.toUpperCase(java.util.Locale.ROOT)).then().statusCode(200);
  }

  @Test
  void jobIdsMayHoldSlashes() {
    for (String id : new String[] {"team/app", "team/summary", "a b"}) {
      String body = "{\"Job\": {\"ID\": \"" + id + "\", \"TaskGroups\": [{\"Name\": \"g\"}]}}";
      given().body(body).put("/v1/jobs").then().statusCode(200).body("EvalID", not(equalTo("")));
    }
    var exact = given().urlEncodingEnabled(false);
    exact.get("/v1/job/team%2Fapp").then().statusCode(200).body("ID", equalTo("team/app"));
    exact.get("/v1/job/team/app").then().statusCode(200).body("ID", equalTo("team/app"));
    exact
        .get("/v1/job/team%2Fapp/summary")
        .then()
        .statusCode(200)
        .body("JobID", equalTo("team/app"));
    exact.get("/v1/job/team/app/evaluations").then().statusCode(200).body("size()", equalTo(1));
    exact
        .get("/v1/job/team/summary/summary")
        .then()
        .statusCode(200)
        .body("JobID", equalTo("team/summary"));
    exact.get("/v1/job/a%20b").then().statusCode(200).body("ID", equalTo("a b"));
    exact.get("/v1/job/team/app/versions").then().body("Versions[0].ID", equalTo("team/app"));
    exact
        .delete("/v1/job/team/app?purge=true")
        .then()
        .statusCode(200)
        .header("X-Nomad-Index", not(nullValue()));
    exact.get("/v1/job/team/app").then().statusCode(404);
  }

  @Test
  void writesAnswerByPutAndByPost() {
    String off = "{\"Eligibility\": \"ineligible\"}";
    long index =
        Long.parseLong(
            given()
                .body(off)
                .put("/v1/node/" + NODE + "/eligibility")
                .then()
                .statusCode(200)
                .extract()
                .header("X-Nomad-Index"));
    assertEquals(REGION.index(), index);
    given()
        .body(off)
        .post("/v1/node/" + NODE + "/eligibility")
        .then()
        .statusCode(200)
        .body("Index", equalTo(0))
        .body("EvalIDs", nullValue());
    given()
        .post("/v1/allocation/" + ALLOCATION + "/stop")
        .then()
        .statusCode(200)
        .body("EvalID", equalTo("e"));
    given()
        .body("{\"Job\": {\"ID\": \"x\"}}")
        .put("/v1/validate/job")
        .then()
        .statusCode(200)
        .body("ValidationErrors.size()", equalTo(1));
  }

  @Test
  void theAgentSaysWhatItIs() {
    Scene.eventually(
        () -> given().get("/v1/agent/members").asString().contains("api-gateway-0.global"));
    given()
        .get("/v1/agent/self")
        .then()
        .statusCode(200)
        .header("X-Nomad-Index", nullValue())
        .body("config.Version.Version", equalTo("2.0.5"))
        .body("config.Region", equalTo("global"))
        .body("member.Tags.dc", equalTo("dc1"))
        .body("stats.nomad.server", equalTo("true"));
    given()
        .get("/v1/agent/members")
        .then()
        .body("Members.Name", hasItems("event-service-0.global"));
    given().get("/v1/agent/health").then().statusCode(200).body("server.ok", equalTo(true));
    given().get("/v1/status/leader").then().body(equalTo("\"" + REGION.address() + "\""));
    given().get("/v1/status/peers").then().body(equalTo("[\"" + REGION.address() + "\"]"));
    given().get("/v1/agent/servers").then().body(equalTo("[\"" + REGION.address() + "\"]"));
    given().get("/v1/namespaces").then().body("Name", hasItems("default"));
    given().get("/q/health/ready").then().statusCode(200);
  }

  @Test
  void aServiceThatComesBackIsSeenAsLatency() {
    REGION.stop();
    Thread back =
        Thread.ofVirtual()
            .start(
                () -> {
                  Scene.eventually(() -> !given().get("/v1/regions").asString().isEmpty());
                  REGION.start();
                });
    int before = REGION.writes().size();
    given()
        .body("{\"Eligibility\": \"ineligible\"}")
        .put("/v1/node/" + NODE + "/eligibility")
        .then()
        .statusCode(200);
    given().get("/v1/nodes").then().statusCode(200);
    assertEquals(before + 1, REGION.writes().size());
    assertNotEquals("", REGION.writes().getLast());
    assertTrue(back.isVirtual());
  }

  /** Java's own client asks to go on in HTTP/2 with its first request, body and all. */
  @Test
  void writesOfAClientThatWouldRatherSpeakHttp2() throws Exception {
    int port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
    String job =
        "{\"Job\":{\"ID\":\"web\",\"TaskGroups\":[{\"Name\":\"g\",\"Tasks\":[{\"Name\":\"t\",\"Driver\":\"raw_exec\"}]}]}}";
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/v1/jobs"))
              .PUT(HttpRequest.BodyPublishers.ofString(job))
              .build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  private static HttpResponse<byte[]> raw(String path, String accept) throws Exception {
    int port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
              .header("Accept-Encoding", accept)
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private static byte[] inflated(byte[] bytes) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
  }
}
