package io.steppe.agent.fingerprint;

import java.util.Map;
import java.util.Optional;

/**
 * What is set for a node rather than found on its machine.
 *
 * @param name empty for the hostname
 * @param networkInterface whose addresses tasks get; empty for the one with the default route
 * @param cpuTotalCompute in MHz, instead of what the processors say
 * @param memoryMb instead of what the machine has
 * @param httpAddress where clients reach the agent's HTTP port, as {@link HttpAddress#of} gives it
 */
public record NodeSettings(
    String name,
    String datacenter,
    String pool,
    String nodeClass,
    Map<String, String> meta,
    Optional<String> networkInterface,
    Optional<Long> cpuTotalCompute,
    Optional<Long> memoryMb,
    String httpAddress) {}
