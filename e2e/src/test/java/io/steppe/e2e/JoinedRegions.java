package io.steppe.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What two regions that are joined do for each other. */
final class JoinedRegions {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final String BOTH = "[\"elsewhere\",\"global\"]";

  private final Api here;
  private final Api there;

  /**
   * Two that are not joined yet, both with certificates.
   *
   * @param here region {@code global}, where rights are asked for, with a management token
   * @param there region {@code elsewhere}, where they are not; the same token is shown
   */
  JoinedRegions(Api here, Api there) {
    this.here = here;
    this.there = there;
  }

  /** Joins them from one side, by an address without a word on what is spoken there. */
  void join() throws Exception {
    String path = "/v1/agent/join?address=" + there.authority();
    JsonNode joined = here.send("PUT", path, null).ok().json();
    assertEquals(1, joined.path("num_joined").asInt(), joined.toString());
    assertEquals("", joined.path("warning").asText(), joined.toString());
    assertEquals(BOTH, here.text("/v1/regions"));
    Wait.untilTrue(SOON, "both know each other", () -> there.text("/v1/regions").equals(BOTH));
  }

  /** Requests for the other region are answered by its gateway, by the rights that are there. */
  void passRequestsOn() throws Exception {
    assertEquals(2, there.get("/v1/nodes?region=global").size());
    assertEquals(403, there.as("").send("GET", "/v1/nodes?region=global", null).status());
    assertEquals(0, here.get("/v1/nodes?region=elsewhere").size());
    String job = "{\"Job\":" + Api.shellJob("there", "service", 1, "sleep 600") + "}";
    here.send("PUT", "/v1/jobs?region=elsewhere", job).ok();
    assertEquals(404, here.send("GET", "/v1/job/there", null).status());
    assertEquals(200, there.send("GET", "/v1/job/there", null).status());
    assertEquals(200, here.send("GET", "/v1/job/there?region=elsewhere", null).status());
    assertEquals(500, here.send("GET", "/v1/jobs?region=nowhere", null).status());
  }

  /** Commands too. */
  void passCommandsOn() throws Exception {
    here.register(Api.shellJob("commanded", "service", 1, "exec sleep 600"));
    JsonNode allocation = here.awaitRunning("commanded", 1, SOON).getFirst();
    String command = URLEncoder.encode("[\"/bin/sh\",\"-c\",\"echo here; exit 7\"]", UTF_8);
    String path =
        "wss://%s/v1/client/allocation/%s/exec?task=main&tty=false&region=global&command=%s"
            .formatted(there.authority(), allocation.path("ID").asText(), command);
    Said said = new Said();
    there
        .http()
        .newWebSocketBuilder()
        .header("X-Nomad-Token", here.token())
        .buildAsync(URI.create(path), said)
        .get(SOON.toSeconds(), TimeUnit.SECONDS);
    String all = said.whole.get(SOON.toSeconds(), TimeUnit.SECONDS);
    assertTrue(all.contains(Base64.getEncoder().encodeToString("here\n".getBytes(UTF_8))), all);
    assertTrue(all.contains("\"exit_code\":7"), all);
    here.stopJob("commanded");
  }

  /** All that came over a WebSocket until it was closed. */
  private static final class Said implements WebSocket.Listener {
    private final StringBuilder texts = new StringBuilder();
    private final CompletableFuture<String> whole = new CompletableFuture<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      texts.append(text);
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      whole.complete(texts + " closed with " + status + " " + reason);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      whole.completeExceptionally(error);
    }
  }
}
