package io.steppe.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/**
 * Asks the cluster's own interfaces whether a job could run now.
 *
 * @param trust of the gateway's and agents' certificates, where they show some
 */
public record Readiness(Optional<SSLContext> trust) {
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final String READY = "/q/health/ready";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether the health route of a service, which is plain HTTP, says that it takes work. */
  public boolean isUp(int httpPort) {
    return get("http", httpPort, READY).isPresent();
  }

  /** Whether the health route of a gateway or an agent says that it takes work. */
  public boolean isOpen(int port) {
    return get(scheme(), port, READY).isPresent();
  }

  /** Whether the gateway answers and every node of these names is ready and eligible. */
  public boolean takesJobs(int gatewayPort, Set<String> nodes) {
    if (!answers(gatewayPort)) {
      return false;
    }
    if (nodes.isEmpty()) {
      return true;
    }
    Set<String> missing = new HashSet<>(nodes);
    get(scheme(), gatewayPort, "/v1/nodes")
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

  /**
   * The same where tokens are asked for, which a launcher has none of: whether the gateway answers
   * and every agent says that it is registered.
   */
  public boolean takesJobs(int gatewayPort, List<Integer> agentPorts) {
    return answers(gatewayPort) && agentPorts.stream().allMatch(this::isOpen);
  }

  private boolean answers(int gatewayPort) {
    return get(scheme(), gatewayPort, "/v1/agent/health").isPresent();
  }

  private String scheme() {
    return trust.isPresent() ? "https" : "http";
  }

  private Optional<JsonNode> get(String scheme, int port, String path) {
    try {
      var connection =
          (HttpURLConnection)
              URI.create(scheme + "://127.0.0.1:" + port + path).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      if (connection instanceof HttpsURLConnection https && trust.isPresent()) {
        https.setSSLSocketFactory(trust.get().getSocketFactory());
      }
      try (var in = connection.getInputStream()) {
        return Optional.of(JSON.readTree(in));
      }
    } catch (IOException notYet) {
      return Optional.empty();
    }
  }
}
