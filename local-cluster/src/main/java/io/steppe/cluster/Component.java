package io.steppe.cluster;

import java.util.Arrays;
import java.util.Optional;

/** The processes of a cluster that come out of this build, in the order they start. */
public enum Component {
  EVENT_SERVICE("event-service", "event", 20),
  NODE_SERVICE("node-service", "node", 20),
  ALLOC_SERVICE("alloc-service", "alloc", 20),
  API_GATEWAY("api-gateway", "acl", 20),
  NODE_AGENT("node-agent", "", 60);

  private final String label;
  private final String owner;
  private final int stopSeconds;

  Component(String label, String owner, int stopSeconds) {
    this.label = label;
    this.owner = owner;
    this.stopSeconds = stopSeconds;
  }

  /** Name of the module, the process and its log. */
  public String label() {
    return label;
  }

  /** Whether it has a schema, and so a role, of its own. */
  public boolean usesDatabase() {
    return !owner.isEmpty();
  }

  /** The role it logs into the database with. */
  public String role() {
    return "steppe_" + owner;
  }

  /**
   * How long a clean stop may take before the process is killed; an agent stops its tasks first.
   */
  public int stopSeconds() {
    return stopSeconds;
  }

  /** Whether it stores secrets, which it seals with the cluster's key. */
  public boolean sealsSecrets() {
    return this == EVENT_SERVICE || this == ALLOC_SERVICE || this == API_GATEWAY;
  }

  /** Whether other processes call it by gRPC. */
  public boolean servesGrpc() {
    return usesDatabase() && this != API_GATEWAY;
  }

  /** Whether {@code --replicas} may name it. */
  public boolean isReplicated() {
    return this != NODE_AGENT;
  }

  /** The component of that name, if there is one. */
  public static Optional<Component> named(String label) {
    return Arrays.stream(values()).filter(c -> c.label.equals(label)).findFirst();
  }
}
