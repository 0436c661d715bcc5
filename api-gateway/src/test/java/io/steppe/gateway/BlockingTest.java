package io.steppe.gateway;

import static io.steppe.gateway.Scene.ALLOCATION;
import static io.steppe.gateway.Scene.NODE;
import static io.steppe.gateway.Scene.REGION;
import static io.steppe.gateway.Scene.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.gateway.blocking.Waiters;
import io.steppe.gateway.region.RegionResource;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads that wait for a change. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class BlockingTest {
  private static final int CROWD = 50;

  private final HttpClient client = HttpClient.newHttpClient();
  @Inject Waiters waiters;

  @BeforeEach
  void set() {
    Scene.set();
    eventually(() -> waiters.size() == 0);
  }

  @AfterEach
  void close() {
    client.shutdownNow();
  }

  @Test
  void aCrowdWakesTogetherAndIsFetchedForOnce() {
    long index = index(get("/v1/nodes").join());
    REGION.takeWhole();
    var crowd =
        Stream.generate(() -> get("/v1/nodes?wait=30s&index=" + index)).limit(CROWD).toList();
    eventually(() -> waiters.size() == CROWD);
    long changed = REGION.put(Node.newBuilder().setId(NODE).setName("woken").build());
    for (var waiting : crowd) {
      HttpResponse<String> answer = waiting.join();
      assertEquals(changed, index(answer));
      assertTrue(answer.body().contains("woken"));
    }
    assertTrue(
        REGION.takeWhole() <= 2, "fetched more than once, and once for those that came late");
  }

  @Test
  void anIndexThatIsPastAnswersAtOnce() {
    assertEquals(
        200,
        get("/v1/nodes?index=1&wait=60s")
            .orTimeout(5, java.util.concurrent.TimeUnit.SECONDS)
            .join()
            .statusCode());
  }

  @Test
  void theEndOfTheWaitAnswersWithWhatIs() {
    long index = index(get("/v1/allocations").join());
    long begun = System.nanoTime();
    HttpResponse<String> answer = get("/v1/allocations?wait=400ms&index=" + index).join();
    long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
    assertEquals(200, answer.statusCode());
    assertEquals(index, index(answer));
    assertTrue(took >= 400, "took " + took + " ms");
  }

  @Test
  void changesOfAnotherTableOrObjectWakeNobody() {
    long index = index(get("/v1/allocation/" + ALLOCATION).join());
    REGION.takeUnchanged();
    CompletableFuture<HttpResponse<String>> one =
        get("/v1/allocation/" + ALLOCATION + "?wait=30s&index=" + index);
    // Its first look is over: what changes before it may well be told.
    eventually(() -> waiters.size() == 1 && REGION.takeUnchanged() > 0);
    REGION.put(Node.newBuilder().setId(NODE).setName("other table").build());
    REGION.put(Allocation.newBuilder().setId("bbbbbbbb-1111-1111-1111-111111111111").build());
    assertFalse(one.isDone());
    long changed =
        REGION.put(
            Allocation.newBuilder()
                .setId(ALLOCATION)
                .setNodeId(NODE)
                .setClientStatus("running")
                .build());
    assertEquals(changed, index(one.join()));
  }

  @Test
  void whoGoesAwayWaitsNoLonger() {
    long index = index(get("/v1/nodes").join());
    try (HttpClient leaving = HttpClient.newHttpClient()) {
      leaving.sendAsync(
          request("/v1/nodes?wait=5m&index=" + index), HttpResponse.BodyHandlers.ofString());
      eventually(() -> waiters.size() == 1);
      leaving.shutdownNow();
    }
    eventually(() -> waiters.size() == 0);
  }

  @Test
  void waitersOutliveTheFeed() {
    long index = index(get("/v1/nodes").join());
    CompletableFuture<HttpResponse<String>> waiting = get("/v1/nodes?wait=30s&index=" + index);
    eventually(() -> waiters.size() == 1);
    REGION.stop();
    long changed = REGION.put(Node.newBuilder().setId(NODE).setName("while away").build());
    REGION.start();
    assertEquals(changed, index(waiting.join()));
  }

  private CompletableFuture<HttpResponse<String>> get(String path) {
    return client.sendAsync(request(path), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + RawConnection.port() + path))
        .build();
  }

  private static long index(HttpResponse<?> response) {
    return response.headers().firstValueAsLong("X-Nomad-Index").orElseThrow();
  }
}
