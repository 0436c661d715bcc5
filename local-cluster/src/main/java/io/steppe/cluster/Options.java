package io.steppe.cluster;

import java.nio.file.Path;
import java.time.InstantSource;
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
 * @param security what is asked of those who call
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
    boolean nativeImages,
    Security security) {

  /**
   * What is asked of those who call.
   *
   * @param tls whether connections are protected by certificates of this cluster
   * @param acl whether tokens are asked for
   * @param debug whether profiles are served
   */
  public record Security(boolean tls, boolean acl, boolean debug) {}

  public Options {
    replicas = Map.copyOf(replicas);
  }

  /** How many processes of that component are wanted. */
  public int count(Component component) {
    return component == Component.NODE_AGENT ? agents : replicas.getOrDefault(component, 1);
  }

  /** The certificates of the cluster, if it was asked for some. */
  public Optional<LocalCertificates> certificates() {
    return security.tls()
        ? Optional.of(new LocalCertificates(data.tls(), region, InstantSource.system()))
        : Optional.empty();
  }

  /** Where clients reach the first gateway. */
  public String url() {
    return (security.tls() ? "https" : "http") + "://127.0.0.1:" + httpPort;
  }

  /** Name of an agent's node. */
  public String nodeName(int replica) {
    return replica == 0 ? name : name + "-" + replica;
  }
}
