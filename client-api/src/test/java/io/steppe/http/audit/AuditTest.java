package io.steppe.http.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.configuration.MemorySize;
import io.steppe.acl.Acl;
import io.steppe.acl.Authenticator;
import io.steppe.acl.Identity;
import io.steppe.http.TestServer;
import io.steppe.http.route.Guard;
import io.steppe.http.route.RouteTable;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Identity WHO =
      new Identity("a-1", "Somebody", Acl.management(), Instant.MAX);
  private static final Duration WAIT = Duration.ofSeconds(20);

  @TempDir Path folder;

  /** Has seen one token before. */
  private static final class Knowing implements Authenticator {
    @Override
    public Identity authenticate(String secret) {
      return WHO;
    }

    @Override
    public Optional<Identity> known(String secret) {
      return secret.equals("seen") ? Optional.of(WHO) : Optional.empty();
    }

    @Override
    public boolean enforced() {
      return true;
    }
  }

  private record Rule(List<String> endpoints, List<String> stages, List<String> operations)
      implements AuditSettings.Filter {}

  private record Settings(
      Optional<String> path, Guarantee deliveryGuarantee, int queue, Map<String, Filter> filters)
      implements AuditSettings {
    @Override
    public boolean enabled() {
      return true;
    }

    @Override
    public String mode() {
      return "0600";
    }

    @Override
    public MemorySize rotateBytes() {
      return new MemorySize(BigInteger.valueOf(1 << 20));
    }

    @Override
    public Duration rotateDuration() {
      return Duration.ofDays(1);
    }

    @Override
    public int rotateMaxFiles() {
      return 0;
    }
  }

  private Audit audit(AuditSettings.Guarantee guarantee, int queue, Rule... rules) {
    Map<String, AuditSettings.Filter> filters =
        rules.length == 0 ? Map.of() : Map.of("rule", rules[0]);
    return new Audit(
        new Settings(Optional.of(file().toString()), guarantee, queue, filters),
        new Guard(new Knowing(), RouteTable.of()));
  }

  private Path file() {
    return folder.resolve("audit.log");
  }

  private static TestServer server(Audit audit) {
    return new TestServer(
        audit::register,
        router -> {
          router
              .route("/v1/stream")
              .handler(routing -> routing.response().setChunked(true).write("begin"));
          router
              .route()
              .handler(
                  routing ->
                      TestServer.identify(
                          routing, WHO, () -> routing.response().setStatusCode(201).end("four")));
        });
  }

  private List<JsonNode> entries(int count) throws Exception {
    long deadline = System.nanoTime() + WAIT.toNanos();
    while (true) {
      List<JsonNode> entries = new ArrayList<>();
      if (Files.exists(file())) {
        for (String line : Files.readAllLines(file())) {
          entries.add(JSON.readTree(line));
        }
      }
      if (entries.size() >= count) {
        return entries;
      }
      assertTrue(System.nanoTime() < deadline, () -> "only " + entries);
      Thread.sleep(10);
    }
  }

  @Test
  void whoAskedForWhatAndWhatCameOfItIsWrittenWithoutSecrets() throws Exception {
    Audit audit = audit(AuditSettings.Guarantee.ENFORCED, 100);
    audit.start(null);
    try (TestServer server = server(audit)) {
      server.ask(
          "PUT",
          "/v1/jobs?namespace=team&secret=hush1",
          "X-Nomad-Token",
          "hush2",
          "User-Agent",
          "tester/1");
      List<JsonNode> entries = entries(2);
      JsonNode first = entries.get(0).path("payload");
      JsonNode last = entries.get(1).path("payload");
      assertEquals("audit", entries.get(0).path("event_type").asText());
      assertEquals("OperationReceived", first.path("stage").asText());
      assertEquals("OperationComplete", last.path("stage").asText());
      assertEquals(first.path("id"), last.path("id"));
      assertFalse(first.has("response"));
      assertFalse(first.has("auth"), "nobody knows yet whose it is");
      JsonNode request = last.path("request");
      assertEquals("PUT", request.path("operation").asText());
      assertEquals("/v1/jobs", request.path("endpoint").asText());
      assertEquals("team", request.path("namespace").path("id").asText());
      assertEquals("tester/1", request.path("request_meta").path("user_agent").asText());
      assertTrue(request.path("request_meta").path("remote_address").asText().startsWith("127."));
      assertTrue(request.path("node_meta").path("ip").asText().endsWith(":" + server.port()));
      assertEquals("a-1", last.path("auth").path("accessor_id").asText());
      assertEquals("Somebody", last.path("auth").path("name").asText());
      assertEquals(201, last.path("response").path("status_code").asInt());
      assertEquals(4, last.path("response").path("bytes").asInt());
      assertTrue(last.path("response").path("duration_ms").asDouble() > 0);
    } finally {
      audit.stop(null);
    }
    assertFalse(Files.readString(file()).contains("hush"));
  }

  @Test
  void whoseATokenIsStandsInTheFirstEntryWhereItIsKnown() throws Exception {
    Audit audit = audit(AuditSettings.Guarantee.ENFORCED, 100);
    audit.start(null);
    try (TestServer server = server(audit)) {
      server.ask("GET", "/v1/jobs", "X-Nomad-Token", "seen");
      JsonNode first = entries(2).get(0).path("payload");
      assertEquals("OperationReceived", first.path("stage").asText());
      assertEquals("a-1", first.path("auth").path("accessor_id").asText());
    } finally {
      audit.stop(null);
    }
  }

  @Test
  void aStreamIsWrittenWhenItsClientGoesAway() throws Exception {
    Audit audit = audit(AuditSettings.Guarantee.ENFORCED, 100);
    audit.start(null);
    try (TestServer server = server(audit)) {
      try (Socket socket = new Socket("127.0.0.1", server.port())) {
        socket
            .getOutputStream()
            .write(
                "GET /v1/stream HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertTrue(socket.getInputStream().read() > 0);
        assertEquals(1, entries(1).size());
      }
      JsonNode last = entries(2).get(1).path("payload");
      assertEquals("OperationComplete", last.path("stage").asText());
      assertEquals(200, last.path("response").path("status_code").asInt());
      assertEquals(5, last.path("response").path("bytes").asInt());
    } finally {
      audit.stop(null);
    }
  }

  @Test
  void whatIsFilteredIsLeftOut() throws Exception {
    Rule reads = new Rule(List.of("*"), List.of("*"), List.of("GET"));
    Audit audit = audit(AuditSettings.Guarantee.ENFORCED, 100, reads);
    audit.start(null);
    try (TestServer server = server(audit)) {
      server.ask("GET", "/v1/jobs");
      server.ask("DELETE", "/v1/job/one");
      List<JsonNode> entries = entries(2);
      assertEquals(2, entries.size());
      for (JsonNode entry : entries) {
        assertEquals("DELETE", entry.path("payload").path("request").path("operation").asText());
      }
    } finally {
      audit.stop(null);
    }
  }

  @Test
  void requestsAreRefusedWhileTheLogCanNotBeWritten() throws Exception {
    Files.createDirectory(file());
    Audit audit = audit(AuditSettings.Guarantee.ENFORCED, 4);
    audit.start(null);
    try (TestServer server = server(audit)) {
      assertEquals(503, untilNot(201, server));
      Files.delete(file());
      assertEquals(201, untilNot(503, server));
    } finally {
      audit.stop(null);
    }
  }

  @Test
  void orGoOnUnwrittenWhereThatIsAskedFor() throws Exception {
    Files.createDirectory(file());
    Audit audit = audit(AuditSettings.Guarantee.BEST_EFFORT, 4);
    audit.start(null);
    try (TestServer server = server(audit)) {
      for (int i = 0; i < 10; i++) {
        assertEquals(201, server.ask("GET", "/v1/jobs").statusCode());
      }
      assertTrue(audit.dropped() > 0);
      Files.delete(file());
    } finally {
      audit.stop(null);
    }
  }

  private static int untilNot(int status, TestServer server)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + WAIT.toNanos();
    while (System.nanoTime() < deadline) {
      int answered = server.ask("GET", "/v1/jobs").statusCode();
      if (answered != status) {
        return answered;
      }
      Thread.sleep(20);
    }
    return status;
  }
}
