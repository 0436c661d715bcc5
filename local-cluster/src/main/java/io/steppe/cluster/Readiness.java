package io.steppe.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Asks the cluster's own interfaces whether a job could run now. */
public final class Readiness {
  private static final int TIMEOUT_MILLIS = 2_000;

  private final ObjectMapper json = new ObjectMapper();

  /** Whether the health route of a process says that it takes work. */
  public boolean isUp(int httpPort) {
    return get(httpPort, "/q/health/ready").isPresent();
  }

  /** Whether the gateway answers and every node of these names is ready and eligible. */
  public boolean takesJobs(int gatewayPort, Set<String> nodes) {
    if (get(gatewayPort, "/v1/agent/health").isEmpty()) {
      return false;
    }
    if (nodes.isEmpty()) {
      return true;
    }
    Set<String> missing = new HashSet<>(nodes);
    get(gatewayPort, "/v1/nodes")
        .ifPresent(
            list ->
                list.forEach(
                    node -> {
                      if (node.path("Status").asText().equals("ready")) {
                        missing.remove(node.path("Name").asText());
                      }
                    }));
    return missing.isEmpty();
  }

  private Optional<JsonNode> get(int port, String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try (var in = connection.getInputStream()) {
        return Optional.of(json.readTree(in));
      }
    } catch (IOException notYet) {
      return Optional.empty();
    }
  }
}
