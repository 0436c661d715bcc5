package io.steppe.gateway;

import static io.restassured.RestAssured.given;
import static io.steppe.gateway.Scene.REGION;
import static io.steppe.gateway.Scene.eventually;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.gateway.region.RegionResource;
import io.steppe.rpc.v1.EventFormat;
import io.steppe.rpc.v1.SubscribeRequest;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events beyond the stream of lines. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class EventsTest {
  /** More than the buffers of both sockets hold. */
  private static final int LINES = 300;

  @BeforeEach
  void set() {
    Scene.set();
    eventually(() -> REGION.subscribers() == 0);
    REGION.takeSubscriptions();
  }

  @Test
  void serverSentEventsCarryTheIndexAsTheirId() throws IOException {
    long first = REGION.index() + 1;
    try (RawConnection events =
        RawConnection.get("/v1/event/stream?index=" + first, "Accept: text/event-stream")) {
      assertTrue(events.head().contains("text/event-stream"));
      assertEquals(":", events.line());
      assertEquals("", events.line());
      eventually(() -> REGION.subscribers() > 0);
      REGION.emit("{\"n\":1}");
      assertEquals("id: " + first, notComment(events));
      assertEquals("data: {\"n\":1}", events.line());
      assertEquals("", events.line());
    }
    try (RawConnection events =
        RawConnection.get(
            "/v1/event/stream?index=1",
            "Accept: text/event-stream",
            "Last-Event-ID: " + (first - 1))) {
      events.head();
      assertEquals("id: " + first, notComment(events));
      assertEquals("data: {\"n\":1}", events.line());
    }
  }

  @Test
  void cloudEventsAreAskedForByHeaderOrParameter() throws IOException {
    try (RawConnection events =
        RawConnection.get(
            "/v1/event/stream?index=" + (REGION.index() + 1),
            "Accept: application/cloudevents-batch+json")) {
      assertTrue(events.head().contains("application/cloudevents-batch+json"));
      assertEquals("[]", events.line());
      eventually(() -> REGION.subscribers() > 0);
    }
    try (RawConnection events =
        RawConnection.get(
            "/v1/event/stream?format=cloudevents&index=" + (REGION.index() + 1),
            "Accept: text/event-stream")) {
      assertTrue(events.head().contains("text/event-stream"));
      assertEquals(":", events.line());
    }
    eventually(() -> REGION.subscribers() == 0);
    List<SubscribeRequest> asked = REGION.takeSubscriptions();
    assertTrue(asked.stream().allMatch(one -> one.getFormat() == EventFormat.CLOUDEVENTS));
  }

  @Test
  void whoReadsTheSameSharesOneSubscription() throws IOException {
    String path = "/v1/event/stream?topic=Job&filter=Key+==+shared&index=" + (REGION.index() + 1);
    try (RawConnection one = RawConnection.get(path);
        RawConnection two = RawConnection.get(path)) {
      one.head();
      two.head();
      eventually(() -> REGION.subscribers() == 1);
      REGION.emit("{\"n\":7}");
      assertEquals("{\"n\":7}", notHeartbeat(one));
      assertEquals("{\"n\":7}", notHeartbeat(two));
      eventually(() -> REGION.subscribers() == 1);
      assertEquals("Key == shared", REGION.takeSubscriptions().getFirst().getFilter());
    }
    eventually(() -> REGION.subscribers() == 0);
  }

  @Test
  void aClientThatTakesNothingIsCutAndLosesNothingWhenItComesBack() throws IOException {
    long first = REGION.index() + 1;
    int seen;
    try (RawConnection stalled = RawConnection.get("/v1/event/stream?topic=Node&index=" + first)) {
      stalled.head();
      eventually(() -> REGION.subscribers() == 1);
      for (int i = 0; i < LINES; i++) {
        REGION.emit("{\"n\":" + i + ",\"big\":\"" + "x".repeat(100_000) + "\"}");
      }
      eventually(() -> REGION.subscribers() == 0);
      seen = whole(stalled);
    }
    assertTrue(seen < LINES, "it was cut");
    try (RawConnection again =
        RawConnection.get("/v1/event/stream?topic=Node&index=" + (first + seen))) {
      again.head();
      for (int i = seen; i < LINES; i++) {
        assertTrue(notHeartbeat(again).startsWith("{\"n\":" + i + ","));
      }
    }
  }

  @Test
  void aRangeIsAPieceThatEnds() {
    REGION.emit("{\"n\":1}");
    long first = REGION.index();
    REGION.emit("{\"n\":2}");
    REGION.emit("{\"n\":3}");
    given()
        .get("/v1/event/range?from=" + first + "&to=" + (first + 1))
        .then()
        .statusCode(200)
        .header("X-Steppe-From-Index", equalTo(Long.toString(first)))
        .header("X-Steppe-To-Index", equalTo(Long.toString(first + 1)))
        .body(equalTo("{\"n\":1}\n{\"n\":2}\n"));
    given()
        .get("/v1/event/range?from=" + (first + 2))
        .then()
        .header("X-Steppe-Oldest-Index", equalTo("5"))
        .body(equalTo("{\"n\":3}\n"));
    given()
        .get("/v1/event/range?from=1&to=2")
        .then()
        .statusCode(200)
        .header("X-Steppe-From-Index", equalTo("5"))
        .body(equalTo(""));
  }

  @Test
  void badParametersAreToldBeforeTheStreamStarts() {
    refused("/v1/event/stream?index=x", "Unable to parse index");
    refused("/v1/event/stream?topic=Job:", "Invalid topic query");
    refused("/v1/event/stream?filter=Topic+==", "Invalid filter");
    refused(
        "/v1/event/stream?filter=Payload.Node.Colour==blue",
        "Invalid filter: error finding value in datum: /Payload/Node/Colour at part 2");
    refused("/v1/event/stream?format=xml", "Unknown format \"xml\"");
    refused("/v1/event/range?from=5&to=4", "Invalid range: from 5 is above to 4");
    refused("/v1/event/range?from=1&to=2000000", "Invalid range: more than 1000000 indexes");
    refused("/v1/event/range?from=x", "Unable to parse from");
    given()
        .header("Last-Event-ID", "x")
        .get("/v1/event/stream")
        .then()
        .statusCode(400)
        .body(containsString("Unable to parse Last-Event-ID"));
    given().post("/v1/event/range").then().statusCode(405);
  }

  @Test
  void sinksAreRegisteredAndNeverTellTheirSecret() {
    String sink =
        "{\"Address\":\"http://127.0.0.1:1/\",\"Secret\":\"0123456789abcdef\",\"Topics\":[\"Job\"]}";
    given()
        .body(sink)
        .put("/v1/event/sink/audit")
        .then()
        .statusCode(200)
        .body("ID", equalTo("audit"))
        .body("Topics[0]", equalTo("Job"))
        .body("$", not(hasKey("Secret")));
    given().get("/v1/event/sinks").then().body("[0].ID", equalTo("audit"));
    given().get("/v1/event/sink/audit").then().body("$", not(hasKey("Secret")));
    given()
        .body(sink)
        .post("/v1/event/sinks")
        .then()
        .statusCode(200)
        .body("ID.length()", equalTo(36));
    given().delete("/v1/event/sink/audit").then().statusCode(200);
    given()
        .get("/v1/event/sink/audit")
        .then()
        .statusCode(404)
        .body(equalTo("event sink not found"));
    given().body("{}").put("/v1/event/sink/audit").then().statusCode(400);
    given()
        .body("{\"ID\":\"other\"}")
        .put("/v1/event/sink/audit")
        .then()
        .statusCode(400)
        .body(equalTo("Event sink ID does not match"));
  }

  private static void refused(String path, String text) {
    given().get(path).then().statusCode(400).body(containsString(text));
  }

  /** Whole lines with events before the connection ends. */
  private static int whole(RawConnection events) throws IOException {
    int lines = 0;
    while (true) {
      try {
        lines += events.line().startsWith("{\"n\":") ? 1 : 0;
      } catch (EOFException | SocketException end) {
        return lines;
      }
    }
  }

  private static String notHeartbeat(RawConnection events) throws IOException {
    String line = events.line();
    while (line.equals("{}")) {
      line = events.line();
    }
    return line;
  }

  private static String notComment(RawConnection events) throws IOException {
    String line = events.line();
    while (line.equals(":") || line.isEmpty()) {
      line = events.line();
    }
    return line;
  }
}
