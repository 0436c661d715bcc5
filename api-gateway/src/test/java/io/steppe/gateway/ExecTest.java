package io.steppe.gateway;

import static io.restassured.RestAssured.given;
import static io.steppe.gateway.Scene.ALLOCATION;
import static io.steppe.gateway.Scene.REGION;
import static io.steppe.gateway.Scene.UNKNOWN;
import static io.steppe.gateway.Scene.eventually;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.gateway.region.RegionResource;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands in tasks, over a WebSocket: the agent's one says what it is told. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class ExecTest {
  private static final String CAT = "?task=web&command=%5B%22cat%22%5D";

  @BeforeEach
  void set() {
    Scene.set();
    REGION.files().lose("");
  }

  private static String path(String allocation) {
    return "/v1/client/allocation/" + allocation + "/exec";
  }

  private static String stdin(String text) {
    return "{\"stdin\":{\"data\":\"" + base64(text) + "\"}}";
  }

  private static String stdout(String text) {
    return "{\"stdout\":{\"data\":\"" + base64(text) + "\"}}";
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void inputGoesInAndOutputComesOut() throws Exception {
    try (TestSocket exec = TestSocket.open(path(ALLOCATION) + CAT)) {
      exec.send("{}");
      exec.send(stdin("hello"));
      assertEquals(stdout("hello"), exec.next());
      exec.send("{\"tty_size\":{\"height\":24,\"width\":80}}");
      assertEquals("{\"stderr\":{\"data\":\"" + base64("80x24") + "\"}}", exec.next());
      exec.send("{\"stdin\":{\"close\":true}}");
      assertEquals("{\"stdout\":{\"close\":true}}", exec.next());
      assertEquals("{\"stderr\":{\"close\":true}}", exec.next());
      assertEquals("{\"exited\":true,\"result\":{\"exit_code\":3}}", exec.next());
      assertEquals("1000 ", exec.closed());
    }
    eventually(() -> REGION.files().open() == 0);
  }

  @Test
  void aGreetingIsNoInput() throws Exception {
    try (TestSocket exec = TestSocket.open(path(ALLOCATION) + CAT + "&ws_handshake=true")) {
      exec.send("{\"version\":1,\"auth_token\":\"\"}");
      exec.send(stdin("hello"));
      assertEquals(stdout("hello"), exec.next());
    }
  }

  @Test
  void muchInputGoesInByCredit() throws Exception {
    String piece = "0123456789abcdef".repeat(128);
    try (TestSocket exec = TestSocket.open(path(ALLOCATION) + CAT)) {
      for (int i = 0; i < 500; i++) {
        exec.send(stdin(piece));
      }
      exec.send("{\"stdin\":{\"close\":true}}");
      long bytes = 0;
      String message = exec.next();
      while (message.startsWith("{\"stdout\":{\"data\"")) {
        bytes += Base64.getDecoder().decode(message.split("\"")[5]).length;
        message = exec.next();
      }
      assertEquals(500L * piece.length(), bytes);
    }
  }

  @Test
  void aCommandEndsWithItsClient() throws Exception {
    int before = REGION.files().open();
    TestSocket exec = TestSocket.open(path(ALLOCATION) + CAT);
    exec.send(stdin("hello"));
    exec.next();
    assertEquals(before + 1, REGION.files().open());
    exec.breakOff();
    eventually(() -> REGION.files().open() == before);
  }

  @Test
  void whatCantBeRunIsToldAtTheEnd() throws Exception {
    for (List<String> one :
        List.of(
            List.of(path(UNKNOWN) + CAT, "1008 Unknown allocation \"" + UNKNOWN + "\""),
            List.of(
                path("nope") + CAT,
                "1011 alloc lookup failed: index error: UUID must be 36 characters"),
            List.of(
                path(ALLOCATION) + "?task=nope&command=%5B%22cat%22%5D", "1008 Unknown task"))) {
      try (TestSocket exec = TestSocket.open(one.getFirst())) {
        assertEquals(one.getLast(), exec.closed());
      }
    }
  }

  @Test
  void whatCantBeUnderstoodIsRefusedBefore() {
    given()
        .get(path(ALLOCATION) + "?task=web&command=nope")
        .then()
        .statusCode(500)
        .body(startsWith("failed to marshal command into json: invalid character"));
    given().urlEncodingEnabled(false).get(path(ALLOCATION) + CAT).then().statusCode(400);
    given()
        .urlEncodingEnabled(false)
        .put(path(ALLOCATION) + CAT)
        .then()
        .statusCode(405)
        .body(equalTo("Invalid method"));
    given()
        .urlEncodingEnabled(false)
        .header("Origin", "http://elsewhere.example")
        .header("Upgrade", "websocket")
        .get(path(ALLOCATION) + CAT)
        .then()
        .statusCode(403);
  }
}
