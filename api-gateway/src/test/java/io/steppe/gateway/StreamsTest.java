package io.steppe.gateway;

import static io.restassured.RestAssured.given;
import static io.steppe.gateway.Scene.ALLOCATION;
import static io.steppe.gateway.Scene.NODE;
import static io.steppe.gateway.Scene.REGION;
import static io.steppe.gateway.Scene.eventually;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.gateway.region.RegionResource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that go on: events, logs and files. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class StreamsTest {
  private static final String LOGS = "/v1/client/fs/logs/" + ALLOCATION + "?task=a&type=stdout";
  private static final String FRAME =
      "{\"Data\":\"MDEyMzQ1Njc4OQ==\",\"File\":\"numbers.txt\",\"Offset\":10}";

  /**
   * What may be on its way to a reader that has stopped: credit, and the buffers of both sockets.
   */
  private static final long MOST_ON_THE_WAY = 16 << 20;

  @BeforeEach
  void set() {
    Scene.set();
    REGION.files().lose("");
    REGION.files().reset();
  }

  @Test
  void eventsComeInLinesUntilTheConnectionCloses() throws IOException {
    long first = REGION.index() + 1;
    try (RawConnection events = RawConnection.getGzip("/v1/event/stream?topic=*&index=" + first)) {
      String head = events.head();
      assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
      assertTrue(head.contains("Connection: close") || head.contains("connection: close"), head);
      assertTrue(head.contains("application/json"), head);
      assertFalse(head.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding"), head);
      assertFalse(head.toLowerCase(java.util.Locale.ROOT).contains("content-encoding"), head);
      assertEquals("{}", events.line());
      REGION.emit("{\"Index\":1,\"Events\":[]}");
      assertEquals("{\"Index\":1,\"Events\":[]}", notHeartbeat(events));
      assertEquals("{}", events.line());
    }
    eventually(() -> REGION.subscribers() == 0);
  }

  @Test
  void aLineLongerThanAMessageStaysOneLine() throws IOException {
    String line = "{\"long\":\"" + "x".repeat(1000) + "\"}";
    try (RawConnection events =
        RawConnection.get("/v1/event/stream?index=" + (REGION.index() + 1))) {
      events.head();
      REGION.emit(line);
      assertEquals(line, notHeartbeat(events));
    }
  }

  @Test
  void eventsGoOnWhenTheirServiceComesBack() throws IOException {
    try (RawConnection events =
        RawConnection.get("/v1/event/stream?index=" + (REGION.index() + 1))) {
      events.head();
      eventually(() -> REGION.subscribers() > 0);
      REGION.emit("{\"n\":1}");
      assertEquals("{\"n\":1}", notHeartbeat(events));
      REGION.stop();
      REGION.emit("{\"n\":2}");
      REGION.start();
      assertEquals("{\"n\":2}", notHeartbeat(events));
    }
  }

  @Test
  void logsComeInFramesWithHeartbeats() throws IOException {
    try (RawConnection logs = RawConnection.get(LOGS + "&follow=true")) {
      logs.head();
      assertEquals(FRAME, logs.chunk());
      assertEquals("{}", logs.chunk());
      assertEquals("{}", logs.chunk());
    }
    eventually(() -> REGION.files().open() == 0);
    given()
        .get(LOGS)
        .then()
        .header("Content-Type", equalTo("application/json"))
        .body(equalTo(FRAME));
  }

  @Test
  void plainLogsAreTheirBytes() {
    given()
        .get(LOGS + "&plain=true")
        .then()
        .header("Content-Type", equalTo("text/plain; charset=utf-8"))
        .body(equalTo("0123456789"));
  }

  @Test
  void filesAreReadWholeAndInParts() {
    String path = ALLOCATION + "?path=numbers.txt";
    given().get("/v1/client/fs/cat/" + path).then().body(equalTo("0123456789"));
    given().get("/v1/client/fs/readat/" + path + "&offset=2&limit=3").then().body(equalTo("234"));
    given()
        .get("/v1/client/fs/readat/" + path + "&offset=20&limit=3")
        .then()
        .statusCode(200)
        .body(equalTo(""));
    given()
        .get("/v1/client/fs/stream/" + path + "&follow=false")
        .then()
        .header("Content-Type", equalTo("text/plain; charset=utf-8"))
        .body(equalTo(FRAME));
    given().get("/v1/client/fs/ls/" + ALLOCATION).then().body("[0].Name", equalTo("numbers.txt"));
    given().get("/v1/client/fs/stat/" + path).then().body("Size", equalTo(10));
    given()
        .get("/v1/client/allocation/" + ALLOCATION + "/stats")
        .then()
        .body("Timestamp", equalTo(5));
    given().post("/v1/client/stats?node_id=" + NODE).then().body("Uptime", equalTo(9));
  }

  @Test
  void aStalledReaderStopsItsAgentAndNobodyElse() throws IOException {
    long before = REGION.files().sent();
    try (RawConnection stalled =
        RawConnection.get("/v1/client/fs/cat/" + ALLOCATION + "?path=endless.txt")) {
      stalled.head();
      List<Long> seen = new ArrayList<>();
      eventually(() -> isStill(seen, REGION.files().sent()));
      assertTrue(
          REGION.files().sent() - before < MOST_ON_THE_WAY,
          "sent " + (REGION.files().sent() - before));
      given()
          .get("/v1/client/fs/cat/" + ALLOCATION + "?path=numbers.txt")
          .then()
          .body(equalTo("0123456789"));
      long at = REGION.files().sent();
      stalled.read(1 << 20);
      stalled.read(4 << 20);
      eventually(() -> REGION.files().sent() > at);
    }
    eventually(() -> REGION.files().open() == 0);
  }

  @Test
  void allWhoFollowALogShareOneStreamAndAStalledReaderIsNotWaitedFor() throws Exception {
    List<RawConnection> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        all.add(RawConnection.get(LOGS + "&follow=true&plain=true"));
      }
      for (RawConnection one : all) {
        one.head();
        assertEquals("0123456789", one.chunk());
      }
      eventually(() -> REGION.files().followers() == 1);
      REGION.files().append("line\n");
      for (RawConnection one : all) {
        assertEquals("line\n", chunks(one, 5));
      }
      assertEquals(1, REGION.files().followers());
      while (all.size() > 10) {
        all.removeLast().close();
      }

      String written = "a line of the log, thirty bytes\n".repeat(200_000);
      List<Future<String>> got = new ArrayList<>();
      for (RawConnection one : all.subList(1, all.size())) {
        got.add(threads.submit(() -> chunks(one, written.length())));
      }
      for (int at = 0; at < written.length(); at += 64 << 10) {
        REGION.files().append(written.substring(at, Math.min(written.length(), at + (64 << 10))));
      }
      for (Future<String> one : got) {
        assertEquals(written, one.get(60, TimeUnit.SECONDS));
      }
      assertEquals(1, REGION.files().followers());
      RawConnection stalled = all.getFirst();
      assertEquals(written, chunks(stalled, written.length()));
      REGION.files().append("end\n");
      assertEquals("end\n", chunks(stalled, 4));
      assertEquals(1, REGION.files().followers());
    } finally {
      for (RawConnection one : all) {
        one.close();
      }
    }
    eventually(() -> REGION.files().followers() == 0 && REGION.files().open() == 0);
  }

  @Test
  void aFollowedLogGoesOnWhenItsServiceOrAgentComesBack() throws Exception {
    try (RawConnection logs = RawConnection.get(LOGS + "&follow=true&plain=true")) {
      logs.head();
      assertEquals("0123456789", logs.chunk());
      eventually(() -> REGION.files().followers() == 1);
      REGION.stop();
      REGION.files().append("one");
      REGION.start();
      assertEquals("one", chunks(logs, 3));
      REGION.files().lose(NODE);
      REGION.stop();
      REGION.start();
      REGION.files().append("two");
      REGION.files().lose("");
      assertEquals("two", chunks(logs, 3));
    }
  }

  /** So many bytes, in whatever chunks they come. */
  private static String chunks(RawConnection from, int bytes) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < bytes) {
      text.append(from.chunk());
    }
    return text.toString();
  }

  /** Whether what is counted has been the same for a while. */
  private static boolean isStill(List<Long> seen, long now) {
    seen.add(now);
    int size = seen.size();
    return size > 50 && seen.get(size - 50) == now && now > 0;
  }

  private static String notHeartbeat(RawConnection events) throws IOException {
    String line = events.line();
    while (line.equals("{}")) {
      line = events.line();
    }
    return line;
  }
}
