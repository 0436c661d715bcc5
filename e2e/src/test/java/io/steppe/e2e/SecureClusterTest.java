package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.steppe.authority.Authority;
import io.steppe.authority.Issued;
import io.steppe.authority.Subject;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A cluster whose every connection is protected by certificates, that asks for tokens, and whose
 * nodes have to be introduced.
 */
class SecureClusterTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration START = Duration.ofMinutes(2);
  private static final List<Integer> AGENTS = List.of(0, 1);
  private static final String UNKNOWN =
      "node is not known and not introduced: it shows no introduction token";
  private static final String USED =
      "node is not known and not introduced: its introduction token was used before";
  private static final String JOB =
      """
      {"Job":{"ID":"who","Type":"service","Datacenters":["dc1"],"TaskGroups":[{"Name":"g","Tasks":[{
        "Name":"t","Driver":"raw_exec","Config":{"command":"/bin/sh","args":["-c","echo token=$NOMAD_TOKEN; sleep 600"]},
        "Identity":{"Env":true},"Resources":{"CPU":50,"MemoryMB":32}}]}]}}
      """;
  private static final String POLICY =
      """
      {"Name":"who","Rules":"namespace \\"default\\" { capabilities = [\\"read-job\\", \\"read-fs\\"] }",
       "JobACL":{"Namespace":"default","JobID":"who"}}
      """;
  private static final String NODE_READER =
      """
      {"Name":"nodes","Rules":"node { policy = \\"read\\" }"}
      """;
  private static final String SINK =
      """
      {"Address":"http://127.0.0.1:9/","Secret":"sixteen characters or more","Topics":["Node"],"Paused":true}
      """;

  private static LocalCluster cluster;
  private static HttpClient client;
  private static String base;
  private static String root = "";

  @BeforeAll
  static void start() throws Exception {
    cluster =
        LocalCluster.begin(
            Map.of("STEPPE_TLS_RELOAD", "500ms", "STEPPE_NODE_INTRODUCTION", "strict"),
            "--tls",
            "--acl",
            "--agents",
            "2",
            "--name",
            "secure");
    base = cluster.api().base().replace("http:", "https:");
    try {
      introduceTheNodes();
    } catch (AssertionError e) {
      String report = cluster.report();
      cluster.close();
      throw new AssertionError(e.getMessage() + "\n" + report, e);
    }
    cluster.awaitReady();
  }

  /** Both nodes are shown the same token: one of them gets in, the other needs one of its own. */
  private static void introduceTheNodes() throws Exception {
    Wait.untilTrue(
        START,
        "a gateway",
        () -> Files.exists(tls("ca.pem")) && answers(trusting(), "/v1/agent/health"));
    client = trusting();
    var first =
        Wait.until(
            START, "the first token", () -> put("/v1/acl/bootstrap", ""), SecureClusterTest::ok);
    root = JSON.readTree(first.body()).path("SecretID").asText();
    for (int agent : AGENTS) {
      Wait.untilTrue(START, "agent " + agent + " is refused", () -> said(agent, UNKNOWN));
    }
    String token = introduction();
    for (int agent : AGENTS) {
      show(agent, token);
    }
    int refused =
        Wait.until(
                START,
                "one is let in, one is refused",
                () -> AGENTS.stream().filter(agent -> said(agent, USED)).toList(),
                agents -> !agents.isEmpty())
            .getFirst();
    show(refused, introduction());
  }

  private static String introduction() throws Exception {
    var answer =
        Wait.until(
            START,
            "an introduction",
            () -> put("/v1/acl/identity/client-introduction-token", "{\"TTL\":\"5m\"}"),
            SecureClusterTest::ok);
    return JSON.readTree(answer.body()).path("JWT").asText();
  }

  private static void show(int agent, String token) throws IOException {
    Files.writeString(
        cluster.data().resolve("agents/agent-" + agent).resolve("intro_token.jwt"), token);
  }

  private static String log(int agent) throws IOException {
    return Files.readString(
        cluster.data().resolve("logs/node-agent-" + agent + ".log"), StandardCharsets.UTF_8);
  }

  private static boolean ok(HttpResponse<String> answer) {
    return answer.statusCode() == 200;
  }

  private static boolean answers(HttpClient client, String path) throws Exception {
    return ok(client.send(request(base + path).build(), BodyHandlers.ofString()));
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void saysHowItIsCalled() throws Exception {
    List<String> lines = cluster.lines();
    assertTrue(lines.contains("Steppe is ready: " + base), () -> lines.toString());
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("NOMAD_CACERT=" + tls("ca.pem"))),
        () -> lines.toString());
    for (String key : List.of("ca-key.pem", "global-node-service-key.pem", "global-cli-key.pem")) {
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(tls(key))), key);
    }
  }

  @Test
  void strangersAndPlainTextAreRefused() {
    HttpClient stranger = HttpClient.newHttpClient();
    assertThrows(
        SSLHandshakeException.class,
        () -> stranger.send(request(base + "/v1/regions").build(), BodyHandlers.ofString()));
    assertThrows(
        IOException.class,
        () ->
            stranger.send(
                request(cluster.api().base() + "/v1/regions").build(), BodyHandlers.ofString()));
  }

  @Test
  void aTokenIntroducesOneNode() throws Exception {
    assertEquals(2, json(get(base + "/v1/nodes")).size());
    assertEquals(1, AGENTS.stream().filter(agent -> said(agent, USED)).count());
  }

  private static boolean said(int agent, String text) {
    try {
      return log(agent).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aTaskMayWhatThePoliciesOfItsJobSayAsLongAsItLives() throws Exception {
    assertEquals(200, put("/v1/acl/policy/who", POLICY).statusCode());
    assertEquals(200, put("/v1/jobs", JOB).statusCode());
    Wait.untilTrue(
        SOON, "it runs", () -> allocation().path("ClientStatus").asText().equals("running"));
    String id = allocation().path("ID").asText();
    JsonNode itsNode = json(get(base + "/v1/node/" + allocation().path("NodeID").asText()));
    assertTrue(itsNode.path("TLSEnabled").asBoolean());
    String node = "https://" + itsNode.path("HTTPAddr").asText();
    String logs = "/v1/client/fs/logs/" + id + "?task=t&type=stdout&plain=true";
    Wait.untilTrue(SOON, "its log", () -> get(base + logs).body().contains("token="));
    assertEquals(get(base + logs).body(), get(node + logs).body());

    String token = get(base + logs).body().strip().substring("token=".length());
    JsonNode claims = signedByTheCluster(token);
    assertEquals("who", claims.path("nomad_job_id").asText());
    assertEquals(id, claims.path("nomad_allocation_id").asText());

    String files = "/v1/client/fs/ls/" + id;
    for (String port : List.of(base, node)) {
      assertEquals(200, get(port + files, token).statusCode(), port);
      assertEquals(403, get(port + "/v1/client/stats", token).statusCode(), port);
      assertEquals(403, get(port + files, "").statusCode(), port);
      assertEquals(403, get(port + files, token + "x").statusCode(), port);
    }
    assertEquals(200, get(base + "/v1/job/who", token).statusCode());
    assertEquals(403, get(base + "/v1/nodes", token).statusCode());
    assertEquals(403, get(base + "/v1/acl/tokens", token).statusCode());
    assertEquals(
        List.of("who"), json(get(base + "/v1/acl/policy/self", token)).findValuesAsText("Name"));
    assertEquals(403, get(base + "/v1/operator/keyring/keys", token).statusCode());

    assertEquals(200, send(request(base + "/v1/job/who").DELETE(), root).statusCode());
    for (String port : List.of(base, node)) {
      Wait.untilTrue(
          SOON, port + " refuses it", () -> get(port + files, token).statusCode() == 403);
      assertEquals(200, get(port + files, root).statusCode(), port);
    }
  }

  /** What a token says, after its signature was checked with the keys that everybody may read. */
  private static JsonNode signedByTheCluster(String token) throws Exception {
    List<String> parts = List.of(token.split("\\."));
    Base64.Decoder base64 = Base64.getUrlDecoder();
    String kid = JSON.readTree(base64.decode(parts.get(0))).path("kid").asText();
    JsonNode keys = json(get(base + "/.well-known/jwks.json", "")).path("keys");
    JsonNode key =
        StreamSupport.stream(keys.spliterator(), false)
            .filter(one -> one.path("kid").asText().equals(kid))
            .findFirst()
            .orElseThrow();
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(
        KeyFactory.getInstance("RSA")
            .generatePublic(
                new RSAPublicKeySpec(
                    new BigInteger(1, base64.decode(key.path("n").asText())),
                    new BigInteger(1, base64.decode(key.path("e").asText())))));
    signature.update((parts.get(0) + "." + parts.get(1)).getBytes(StandardCharsets.US_ASCII));
    assertTrue(signature.verify(base64.decode(parts.get(2))), token);
    return JSON.readTree(base64.decode(parts.get(1)));
  }

  @Test
  void anArchiveBringsBackTokensPoliciesKeysAndSinks() throws Exception {
    assertEquals(200, put("/v1/acl/policy/nodes", NODE_READER).statusCode());
    JsonNode reader = json(put("/v1/acl/token", "{\"Type\":\"client\",\"Policies\":[\"nodes\"]}"));
    String secret = reader.path("SecretID").asText();
    assertEquals(200, put("/v1/event/sink/kept", SINK).statusCode());
    List<String> keys = keys();
    byte[] archive =
        client
            .send(
                request(base + "/v1/operator/snapshot").header("X-Nomad-Token", root).build(),
                BodyHandlers.ofByteArray())
            .body();

    JsonNode rotated = json(put("/v1/operator/keyring/rotate", ""));
    for (String key : keys) {
      delete("/v1/operator/keyring/key/" + key);
    }
    delete("/v1/acl/token/" + reader.path("AccessorID").asText());
    delete("/v1/acl/policy/nodes");
    delete("/v1/event/sink/kept");
    assertEquals(List.of(rotated.path("Key").path("KeyID").asText()), keys());
    assertEquals(403, get(base + "/v1/nodes", secret).statusCode());

    var restore =
        request(base + "/v1/operator/snapshot")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(archive));
    assertEquals(200, send(restore, root).statusCode());
    Wait.untilTrue(SOON, "the token", () -> get(base + "/v1/nodes", secret).statusCode() == 200);
    assertEquals(403, get(base + "/v1/jobs", secret).statusCode());
    Wait.until(SOON, "the keys", SecureClusterTest::keys, keys::equals);
    assertEquals(
        "http://127.0.0.1:9/", json(get(base + "/v1/event/sink/kept")).path("Address").asText());
  }

  @Test
  void anArchiveMakesANewClusterOfIt() throws Exception {
    NewCluster.fill(api());
    byte[] archive;
    try (InputStream saved = api().stream("/v1/operator/snapshot")) {
      archive = saved.readAllBytes();
    }
    long index = api().send("GET", "/v1/jobs", null).ok().index();
    try (NewCluster made = NewCluster.start(api())) {
      made.restoreWithoutKeys(archive);
      made.holdsWhatWasSaved(index);
      made.keepsSecretsSealed();
      made.waitsForAgents();
    }
    api().stopJob("moved");
  }

  /** The other region's authority is this one's, as it has to be. */
  @Test
  void regionsServeEachOther() throws Exception {
    try (LocalCluster other = LocalCluster.unstarted(Map.of())) {
      Path folder = Files.createDirectories(other.data().resolve("tls"));
      for (String file : List.of("ca.pem", "ca-key.pem")) {
        Files.copy(tls(file), folder.resolve(file));
      }
      other.up("--tls", "--agents", "0", "--region", "elsewhere", "--name", "elsewhere");
      JoinedRegions regions = new JoinedRegions(api(), other.api().over(client).as(root));
      regions.join();
      regions.passRequestsOn();
      regions.passCommandsOn();
    }
  }

  private static Api api() {
    return cluster.api().over(client).as(root);
  }

  private static List<String> keys() throws Exception {
    return json(get(base + "/.well-known/jwks.json", "")).path("keys").findValuesAsText("kid");
  }

  private static void delete(String path) throws Exception {
    var answer = send(request(base + path).DELETE(), root);
    assertEquals(200, answer.statusCode(), answer.body());
  }

  @Test
  void eventsStreamOverTls() throws Exception {
    var answer =
        client.send(
            request(base + "/v1/event/stream?topic=Node&index=1")
                .header("X-Nomad-Token", root)
                .build(),
            BodyHandlers.ofInputStream());
    try (var lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line.equals("{}")) {
        line = lines.readLine();
      }
      assertTrue(line.contains("NodeRegistration"), line);
    }
  }

  @Test
  void newCertificatesAreShownWithoutARestart() throws Exception {
    long pid = pid("api-gateway");
    Issued next =
        Authority.of(
                new Issued(Files.readString(tls("ca.pem")), Files.readString(tls("ca-key.pem"))))
            .issue(Subject.local("server.global.nomad"), Instant.now(), Duration.ofDays(200));
    Files.writeString(tls("global-api-gateway.pem"), next.certificate());
    Files.writeString(tls("global-api-gateway-key.pem"), next.key());
    var serial = certificate(next.certificate()).getSerialNumber();
    Wait.untilTrue(SOON, "the new certificate", () -> serial.equals(shown().getSerialNumber()));
    assertEquals(pid, pid("api-gateway"));
  }

  private static X509Certificate shown() throws Exception {
    try (HttpClient fresh = trusting()) {
      var answer = fresh.send(request(base + "/v1/regions").build(), BodyHandlers.ofString());
      return (X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0];
    }
  }

  private static long pid(String name) throws Exception {
    return cluster.ps().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  private static JsonNode allocation() throws Exception {
    return json(get(base + "/v1/job/who/allocations")).path(0);
  }

  private static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(SOON);
  }

  private static HttpResponse<String> get(String url) throws Exception {
    return get(url, root);
  }

  private static HttpResponse<String> get(String url, String token) throws Exception {
    return send(request(url), token);
  }

  private static HttpResponse<String> put(String path, String body) throws Exception {
    return send(request(base + path).PUT(HttpRequest.BodyPublishers.ofString(body)), root);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request, String token)
      throws Exception {
    if (!token.isEmpty()) {
      request.header("X-Nomad-Token", token);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  private static Path tls(String file) {
    return cluster.data().resolve("tls").resolve(file);
  }

  private static HttpClient trusting() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", certificate(Files.readString(tls("ca.pem"))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build();
  }

  private static X509Certificate certificate(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }
}
