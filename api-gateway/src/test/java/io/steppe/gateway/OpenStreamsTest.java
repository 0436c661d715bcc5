package io.steppe.gateway;

import static io.steppe.gateway.Scene.ALLOCATION;
import static io.steppe.gateway.Scene.REGION;
import static io.steppe.gateway.Scene.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.steppe.gateway.region.RegionResource;
import io.steppe.gateway.rights.TestTokens;
import io.steppe.rpc.v1.SubscribeRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes on ends when its reader may read it no more. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
@TestProfile(TestTokens.Profile.class)
class OpenStreamsTest {
  private static final String EXEC =
      "/v1/client/allocation/" + ALLOCATION + "/exec?task=web&command=%5B%22cat%22%5D";
  private static final String HEARTBEAT = "{}";

  @BeforeEach
  void scene() {
    Scene.set();
    REGION.takeSubscriptions();
  }

  private static RawConnection get(String path, String token) throws Exception {
    return RawConnection.get(path, "X-Nomad-Token: " + token);
  }

  @Test
  void aStreamOfEventsEndsWithItsToken() throws Exception {
    String token = "node:read#events";
    try (RawConnection events = get("/v1/event/stream?topic=Node", token)) {
      events.head();
      assertEquals(HEARTBEAT, events.line());
      TestTokens.revoke(token);
      String line = events.line();
      while (line.equals(HEARTBEAT)) {
        line = events.line();
      }
      assertTrue(line.startsWith("{\"Error\":\"its reader may not see all of it"), line);
      assertTrue(events.isAtEnd());
    }
  }

  @Test
  void aDeniedStreamIsEmpty() throws Exception {
    for (String path :
        List.of(
            "/v1/event/stream",
            "/v1/event/stream?topic=NodePool",
            "/v1/event/stream?topic=ACLToken",
            "/v1/event/stream?topic=Job&topic=Node",
            "/v1/event/stream?topic=Job&namespace=other")) {
      try (RawConnection events = get(path, "namespace:default:read-job")) {
        assertTrue(events.head().startsWith("HTTP/1.1 200"));
        assertTrue(events.isAtEnd(), path);
      }
    }
  }

  @Test
  void ofAllNamespacesOnlyTheVisibleOnesAreRead() throws Exception {
    REGION.put(Scene.job("away").toBuilder().setNamespace("other").build());
    String path = "/v1/event/stream?topic=Job&namespace=*";
    try (RawConnection some = get(path, "namespace:other:read-job")) {
      some.head();
      assertEquals(HEARTBEAT, some.line());
      assertEquals(List.of("other"), subscription(true).getVisibleList());
    }
    try (RawConnection all = get(path, "management")) {
      all.head();
      assertEquals(HEARTBEAT, all.line());
      assertEquals(List.of(), subscription(false).getVisibleList());
    }
  }

  /**
   * The first one that is restricted, or is not. A client's own subscription is followed by that of
   * the feed it joins, which may come while the next client is looked at.
   */
  private static SubscribeRequest subscription(boolean restricted) {
    List<SubscribeRequest> taken = new ArrayList<>();
    eventually(
        () -> {
          REGION.takeSubscriptions().stream()
              .filter(asked -> asked.getRestricted() == restricted)
              .forEach(taken::add);
          return !taken.isEmpty();
        });
    return taken.getFirst();
  }

  @Test
  void aFollowedLogEndsWithItsToken() throws Exception {
    String token = "namespace:default:read-logs#log";
    String path =
        "/v1/client/fs/logs/" + ALLOCATION + "?task=web&type=stdout&follow=true&plain=true";
    try (RawConnection log = get(path, token)) {
      log.head();
      assertEquals("0123456789", log.chunk().substring(0, 10));
      TestTokens.revoke(token);
      assertTrue(log.isAtEnd());
    }
    eventually(() -> REGION.files().followers() == 0);
  }

  @Test
  void aCommandEndsWithItsToken() throws Exception {
    String token = "namespace:default:alloc-exec#exec";
    try (TestSocket exec = TestSocket.open(EXEC + "&ws_handshake=true")) {
      exec.send("{\"version\":1,\"auth_token\":\"" + token + "\"}");
      exec.send("{\"stdin\":{\"data\":\"aGVsbG8=\"}}");
      assertEquals("{\"stdout\":{\"data\":\"aGVsbG8=\"}}", exec.next());
      TestTokens.revoke(token);
      assertEquals("1008 Permission denied", exec.closed());
    }
    eventually(() -> REGION.files().open() == 0);
  }

  @Test
  void aCommandNeedsItsRight() throws Exception {
    try (TestSocket exec = TestSocket.open(EXEC)) {
      assertEquals("1008 Permission denied", exec.closed());
    }
  }
}
