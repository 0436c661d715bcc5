package io.steppe.cluster;

import java.util.Arrays;
import java.util.Optional;

/** The processes of a cluster that come out of this build, in the order they start. */
public enum Component {
  EVENT_SERVICE("event-service", true, 20),
  NODE_SERVICE("node-service", true, 20),
  ALLOC_SERVICE("alloc-service", true, 20),
  API_GATEWAY("api-gateway", false, 20),
  NODE_AGENT("node-agent", false, 60);

  private final String label;
  private final boolean database;
  private final int stopSeconds;

  Component(String label, boolean database, int stopSeconds) {
    this.label = label;
    this.database = database;
    this.stopSeconds = stopSeconds;
  }

  /** Name of the module, the process and its log. */
  public String label() {
    return label;
  }

  /** Whether it has a schema, and so a role, of its own. */
  public boolean usesDatabase() {
    return database;
  }

  /**
   * How long a clean stop may take before the process is killed; an agent stops its tasks first.
   */
  public int stopSeconds() {
    return stopSeconds;
  }

  /** Whether it stores secrets, which it seals with the cluster's key. */
  public boolean sealsSecrets() {
    return this == EVENT_SERVICE || this == ALLOC_SERVICE;
  }

  /** Whether other processes call it by gRPC. */
  public boolean servesGrpc() {
    return database;
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
