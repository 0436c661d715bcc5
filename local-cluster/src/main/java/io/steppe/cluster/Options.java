package io.steppe.cluster;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code up} was asked for.
 *
 * @param home folder of the build
 * @param httpPort of the first gateway
 * @param data the data folder
 * @param agents how many
 * @param replicas of each service that is to have another number than one
 * @param database to use instead of the embedded one
 * @param name of the first node; the second is called {@code name-1}
 * @param region of the cluster
 * @param datacenter of the nodes
 * @param logLevel of Steppe's own code: error, warn, info, debug or trace
 * @param nativeImages whether executables are run instead of jars
 */
public record Options(
    Path home,
    int httpPort,
    DataFolder data,
    int agents,
    Map<Component, Integer> replicas,
    Optional<DatabaseUrl> database,
    String name,
    String region,
    String datacenter,
    String logLevel,
    boolean nativeImages) {

  public Options {
    replicas = Map.copyOf(replicas);
  }

  /** How many processes of that component are wanted. */
  public int count(Component component) {
    return component == Component.NODE_AGENT ? agents : replicas.getOrDefault(component, 1);
  }

  /** Name of an agent's node. */
  public String nodeName(int replica) {
    return replica == 0 ? name : name + "-" + replica;
  }
}
