package io.steppe.bench.simulate;

import io.steppe.json.Json;
import io.steppe.proto.v1.AgentMember;
import io.steppe.proto.v1.ServerMembers;
import io.steppe.tls.Certificates;
import io.steppe.tls.Tls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Where node-service listens for agents, as a cluster's gateway tells. */
final class Servers {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String SERVICE = "node-service";

  private final URI gateway;
  private final Tls tls;
  private final Optional<String> token;

  /**
   * @param token to show, where tokens are asked for
   */
  Servers(URI gateway, Tls tls, Optional<String> token) {
    this.gateway = gateway;
    this.tls = tls;
    this.token = token;
  }

  /**
   * Asks the gateway for the region's members and keeps those that are node-service.
   *
   * @return {@code host:port[,host:port...]}; empty when the gateway knows none
   * @throws IOException if there is no gateway
   */
  Optional<String> find() throws IOException, InterruptedException {
    URI members = gateway.resolve("/v1/agent/members");
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(TIMEOUT);
    tls.certificates().ifPresent(certificates -> builder.sslContext(context(certificates)));
    try (HttpClient client = builder.build()) {
      HttpRequest.Builder request = HttpRequest.newBuilder(members).timeout(TIMEOUT);
      token.filter(secret -> !secret.isEmpty()).ifPresent(t -> request.header("X-Nomad-Token", t));
      HttpResponse<byte[]> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return answer.statusCode() == 200 ? members(answer.body()) : Optional.empty();
    }
  }

  private static SSLContext context(Certificates certificates) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {certificates.keyManager()},
          new TrustManager[] {certificates.trustManager()},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<String> members(byte[] json) {
    String found =
        Json.read(json, ServerMembers.getDefaultInstance()).getMembersList().stream()
            .filter(Servers::isNodeService)
            .map(member -> member.getAddr() + ":" + member.getPort())
            .collect(Collectors.joining(","));
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  private static boolean isNodeService(AgentMember member) {
    return SERVICE.equals(member.getTagsMap().get("service")) && member.getStatus().equals("alive");
  }
}
