package io.steppe.agent.session;

import java.time.Duration;
import java.util.List;

/**
 * @param servers host:port of node-service replicas, or dns:///name:port
 * @param connectTimeout how long a registration may take
 * @param shortest shortest wait before connecting again
 * @param longest longest wait
 * @param refused wait after the node was refused
 */
public record SessionSettings(
    List<String> servers,
    Duration connectTimeout,
    Duration shortest,
    Duration longest,
    Duration refused) {
  /** Settings for servers, with the usual times. */
  public static SessionSettings of(List<String> servers) {
    return new SessionSettings(
        servers,
        Duration.ofSeconds(5),
        Duration.ofMillis(200),
        Duration.ofSeconds(3),
        Duration.ofSeconds(30));
  }
}
