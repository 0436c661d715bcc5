package io.steppe.agent.boot;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of the agent. */
@ConfigMapping(prefix = "steppe")
public interface AgentSettings {
  /** The cluster's region. */
  @WithDefault("global")
  String region();

  /** The datacenter the node is in. */
  @WithDefault("dc1")
  String datacenter();

  OfAgent agent();

  /** What is the agent's alone. */
  interface OfAgent {
    /** Where identity, allocations and state are kept: a node is its data folder. */
    @WithDefault("data/agent")
    Path dataDir();

    /** Replicas of node-service: {@code host:port}, or {@code dns:///name:port}. */
    @WithDefault("127.0.0.1:4651")
    List<String> servers();

    /** The node's name; the hostname unless set. */
    Optional<String> name();

    @WithDefault("default")
    String nodePool();

    Optional<String> nodeClass();

    /** Free labels, for constraints and {@code ${meta.key}}. */
    Map<String, String> meta();

    /** The interface whose addresses tasks get; the one with the default route unless set. */
    Optional<String> networkInterface();

    /** MHz, instead of what the processors say. */
    Optional<Long> cpuTotalCompute();

    /** MiB, instead of what the machine has. */
    Optional<Long> memoryTotalMb();

    /**
     * Whether tasks end with the agent (to begin anew with the next one). They outlive it unless
     * set.
     */
    @WithDefault("false")
    boolean stopTasksOnExit();

    /** Finished allocations that keep their folders. */
    @WithDefault("50")
    @WithName("gc-max-allocs")
    int gcMaxAllocs();
  }
}
