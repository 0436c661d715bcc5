package io.steppe.agent.fingerprint;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What is set for a node rather than found on its machine.
 *
 * @param name empty for the hostname
 * @param links of the node to what else knows it
 * @param hostVolumes by name
 * @param networkInterface whose addresses tasks get; empty for the one with the default route
 * @param dynamicPorts which tasks get that ask for any
 * @param cpuTotalCompute in MHz, instead of what the processors say
 * @param memoryMb instead of what the machine has
 * @param httpAddress where clients reach the agent's HTTP port, as {@link HttpAddress#of} gives it
 * @param httpsServed whether that port speaks TLS
 */
public record NodeSettings(
    String name,
    String datacenter,
    String pool,
    String nodeClass,
    Map<String, String> meta,
    Map<String, String> links,
    Map<String, HostVolume> hostVolumes,
    Optional<String> networkInterface,
    DynamicPorts dynamicPorts,
    Optional<Long> cpuTotalCompute,
    Optional<Long> memoryMb,
    String httpAddress,
    boolean httpsServed) {

  /** A folder of the machine that jobs may ask for. */
  public record HostVolume(Path path, boolean readOnly) {}
}
