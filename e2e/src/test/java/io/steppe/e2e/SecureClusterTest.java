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
import java.io.InputStreamReader;
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
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A cluster whose every connection is protected by certificates. */
class SecureClusterTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String JOB =
      """
      {"Job":{"ID":"who","Type":"service","Datacenters":["dc1"],"TaskGroups":[{"Name":"g","Tasks":[{
        "Name":"t","Driver":"raw_exec","Config":{"command":"/bin/sh","args":["-c","echo token=$NOMAD_TOKEN; sleep 600"]},
        "Identity":{"Env":true},"Resources":{"CPU":50,"MemoryMB":32}}]}]}}
      """;

  private static LocalCluster cluster;
  private static HttpClient client;
  private static String base;

  @BeforeAll
  static void start() throws Exception {
    cluster = LocalCluster.start(Map.of("STEPPE_TLS_RELOAD", "500ms"), "--tls", "--name", "secure");
    base = cluster.api().base().replace("http:", "https:");
    client = trusting();
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
  void aTaskHasAnIdentityThatOthersCanCheckAndItsNodeIsAskedOverTls() throws Exception {
    assertEquals(200, put("/v1/jobs", JOB).statusCode());
    Wait.untilTrue(
        SOON, "it runs", () -> allocation().path("ClientStatus").asText().equals("running"));
    String id = allocation().path("ID").asText();
    String node =
        json(get(base + "/v1/node/" + allocation().path("NodeID").asText()))
            .path("HTTPAddr")
            .asText();
    assertTrue(
        json(get(base + "/v1/node/" + allocation().path("NodeID").asText()))
            .path("TLSEnabled")
            .asBoolean());
    String logs = "/v1/client/fs/logs/" + id + "?task=t&type=stdout&plain=true";
    Wait.untilTrue(SOON, "its log", () -> get(base + logs).body().contains("token="));
    assertEquals(get(base + logs).body(), get("https://" + node + logs).body());

    Matcher token =
        Pattern.compile("token=([\\w-]+)\\.([\\w-]+)\\.").matcher(get(base + logs).body());
    assertTrue(token.find());
    JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(token.group(2)));
    assertEquals("who", claims.path("nomad_job_id").asText());
    assertEquals(id, claims.path("nomad_allocation_id").asText());
    String key = JSON.readTree(Base64.getUrlDecoder().decode(token.group(1))).path("kid").asText();
    JsonNode keys = json(get(base + "/.well-known/jwks.json")).path("keys");
    assertEquals(List.of(key), keys.findValuesAsText("kid"));
  }

  @Test
  void eventsStreamOverTls() throws Exception {
    var answer =
        client.send(
            request(base + "/v1/event/stream?topic=Node&index=1").build(),
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
    return client.send(request(url).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> put(String path, String body) throws Exception {
    return client.send(
        request(base + path).PUT(HttpRequest.BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
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
