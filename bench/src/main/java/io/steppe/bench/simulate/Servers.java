package io.steppe.bench.simulate;

import io.steppe.json.Json;
import io.steppe.proto.v1.AgentMember;
import io.steppe.proto.v1.ServerMembers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where node-service listens for agents, as a cluster's gateway tells. */
final class Servers {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String SERVICE = "node-service";

  private final URI gateway;

  Servers(URI gateway) {
    this.gateway = gateway;
  }

  /**
   * Asks the gateway for the region's members and keeps those that are node-service.
   *
   * @return {@code host:port[,host:port...]}; empty when the gateway knows none
   * @throws IOException if there is no gateway
   */
  Optional<String> find() throws IOException, InterruptedException {
    URI members = gateway.resolve("/v1/agent/members");
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      HttpRequest request = HttpRequest.newBuilder(members).timeout(TIMEOUT).build();
      HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return answer.statusCode() == 200 ? members(answer.body()) : Optional.empty();
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
