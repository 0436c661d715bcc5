package io.steppe.node.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.ledger.testing.TestDatabase;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.session.Eventually;
import io.steppe.node.session.TestAgent;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Callers;
import io.steppe.rpc.v1.GetNodeRequest;
import io.steppe.rpc.v1.NodesGrpc;
import io.steppe.rpc.v1.SetEligibilityRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** The service as it is deployed: Quarkus, its migrations, PostgreSQL, an agent. */
@QuarkusTest
@QuarkusTestResource(NodeServiceTest.Database.class)
class NodeServiceTest {
  /** PostgreSQL with the log; node's own schema is made by the service. */
  public static final class Database implements QuarkusTestResourceLifecycleManager {
    private TestDatabase database;

    @Override
    public Map<String, String> start() {
      database = TestDatabase.start();
      database.migrateTables("alloc", "allocs", "job_versions");
      return Map.of(
          "steppe.database.url", database.url(),
          "steppe.database.password", TestDatabase.password(),
          "steppe.database.durability-checked", "false",
          "steppe.replica.id", "node-service-0",
          "quarkus.http.test-port", "0",
          "quarkus.grpc.server.test-port", "14651");
    }

    @Override
    public void stop() {
      database.close();
    }
  }

  @ConfigProperty(name = "quarkus.http.port")
  int http;

  private boolean ready() {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + http + "/q/health/ready"))
              .timeout(Duration.ofSeconds(10))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  void anAgentRegistersAndItsNodeIsRead() {
    Eventually.await("ready", this::ready);
    Node sent = TestNodes.any();
    try (TestAgent agent = new TestAgent(14651)) {
      agent.register(sent, "secret").awaitRegistered();
      agent.heartbeat().await("heartbeat", down -> down.hasHeartbeat());
      NodesGrpc.NodesBlockingStub nodes =
          NodesGrpc.newBlockingStub(agent.channel()).withDeadlineAfter(Duration.ofSeconds(20));
      GetNodeRequest get = GetNodeRequest.newBuilder().setNodeId(sent.getId()).build();
      Node node = nodes.get(get).getNode();
      assertEquals("ready", node.getStatus());
      assertTrue(
          nodes
                  .setEligibility(
                      SetEligibilityRequest.newBuilder()
                          .setCaller(Callers.anonymous())
                          .setNodeId(sent.getId())
                          .setEligibility("ineligible")
                          .build())
                  .getIndex()
              > node.getModifyIndex());
      assertEquals("ineligible", nodes.get(get).getNode().getSchedulingEligibility());
    }
  }
}
