package io.steppe.agent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Jobs;
import io.steppe.proto.v1.Allocation;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent's own port asks for rights as the gateway does; the control plane knows the tokens. */
@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
@TestProfile(AgentRightsTest.WithRights.class)
class AgentRightsTest {
  /** An agent that asks for rights. */
  public static final class WithRights implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("steppe.acl.enabled", "true");
    }
  }

  private final HttpClient client = HttpClient.newHttpClient();
  private final ControlPlane control = ControlPlaneResource.control();

  @TestHTTPResource URI base;

  @BeforeEach
  void registered() {
    control.awaitNode();
  }

  private HttpResponse<String> get(String path, String token) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
    if (!token.isEmpty()) {
      request.header("X-Nomad-Token", token);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private int status(String path, String token) throws Exception {
    return get(path, token).statusCode();
  }

  @Test
  void ofTheNodeItTellsWhoMayReadNodes() throws Exception {
    assertEquals(403, status("/v1/client/stats", ""));
    assertEquals(403, status("/v1/client/stats", "unknown"));
    assertEquals(403, status("/v1/client/stats", "default:read-job"));
    assertEquals("rpc error: not a token", get("/v1/client/stats", "garbage").body());
    assertEquals(500, status("/v1/client/stats", "garbage"));
    assertEquals(500, status("/v1/agent/self", "garbage"));
    assertEquals(
        "ACL token not found or invalid workload identity: not a token",
        get("/v1/agent/self", "garbage").body());
    assertEquals(200, status("/v1/client/stats", "node:read"));
    assertEquals(200, status("/v1/client/metadata", "node:write"));
    assertEquals(403, status("/v1/client/gc", "node:read"));
    assertEquals(403, status("/v1/agent/self", "node:read"));
    assertEquals(200, status("/v1/agent/self", "management"));
    assertEquals(200, status("/v1/agent/health", "unknown"));
  }

  @Test
  void ofAnAllocationItTellsWhoMayInItsNamespace() throws Exception {
    Allocation allocation =
        Jobs.allocation("service", Jobs.shell("web", "exec sleep 100"))
            .setNamespace("default")
            .build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    String list = "/v1/client/fs/ls/" + allocation.getId();
    assertEquals(403, status(list, ""));
    assertEquals(403, status(list, "default:read-job"));
    assertEquals(200, status(list, "default:read-fs"));
    assertEquals(500, status(list, "garbage"));
    String cat = "/v1/client/fs/cat/" + allocation.getId() + "?path=alloc/logs/web.stdout.0";
    assertEquals("Permission denied", get(cat, "node:read").body());
    String unknown = "/v1/client/fs/ls/99999999-9999-9999-9999-999999999999";
    assertEquals(404, status(unknown, ""));
    assertEquals(403, status(unknown, "garbage"));
    control.stop(allocation);
    control.awaitStatus(allocation.getId(), "complete");
  }
}
