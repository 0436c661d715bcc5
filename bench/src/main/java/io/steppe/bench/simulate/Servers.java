package io.steppe.bench.simulate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.steppe.json.Json;
import io.steppe.proto.v1.AgentMember;
import io.steppe.proto.v1.ServerMembers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where node-service listens for agents, as a cluster's gateway tells. */
final class Servers {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String ROLE = "node-service";

  private final URI gateway;

  Servers(URI gateway) {
    this.gateway = gateway;
  }

  /**
   * Asks the gateway for the servers agents dial, and failing that for the members that are
   * node-service.
   *
   * @return {@code host:port[,host:port...]}; empty when the gateway knows none
   * @throws IOException if there is no gateway
   */
  Optional<String> find() throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      Optional<String> servers =
          get(client, "/v1/agent/servers").map(Servers::strings).orElse(List.of()).stream()
              .filter(Servers::isAddress)
              .reduce((a, b) -> a + "," + b);
      if (servers.isPresent()) {
        return servers;
      }
      return get(client, "/v1/agent/members").flatMap(Servers::members);
    }
  }

  private Optional<byte[]> get(HttpClient client, String path)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(gateway.resolve(path)).timeout(TIMEOUT).build();
    HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
  }

  private static List<String> strings(byte[] json) {
    List<String> strings = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
          strings.add(parser.getText());
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return strings;
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
    return member.getTagsMap().containsValue(ROLE) || member.getName().startsWith(ROLE);
  }

  private static boolean isAddress(String text) {
    return text.matches(".+:\\d+");
  }
}
