package io.steppe.agent.boot;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.steppe.agent.driver.ExecSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Settings of the agent. */
@ConfigMapping(prefix = "steppe")
public interface AgentSettings {
  /** The cluster's region. */
  @WithDefault("global")
  String region();

  /** The datacenter the node is in. */
  @WithDefault("dc1")
  String datacenter();

  /**
   * Whether everybody may take profiles of this process. Unset or off, they may be taken where
   * rights are asked for.
   */
  Optional<Boolean> enableDebug();

  OfAgent agent();

  /** Who may do what. */
  Acl acl();

  /** Who may do what. */
  interface Acl {
    /** Whether rights are asked for on the agent's own HTTP port, as the gateway does. */
    @WithDefault("false")
    boolean enabled();
  }

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

    /** Introduces the node to a cluster that does not know it and asks for a token. */
    Optional<String> introToken();

    /** A file that holds it; {@code intro_token.jwt} in the data folder unless set. */
    Optional<Path> introTokenFile();

    @WithDefault("default")
    String nodePool();

    Optional<String> nodeClass();

    /** Free labels, for constraints and {@code ${meta.key}}. */
    Map<String, String> meta();

    /** Links of the node to what else knows it, as other systems name it there. */
    Map<String, String> links();

    /** Folders of the machine that jobs may ask for, by the name of the volume. */
    Map<String, OfHostVolume> hostVolumes();

    /** The interface whose addresses tasks get; the one with the default route unless set. */
    Optional<String> networkInterface();

    /**
     * The first port for tasks that ask for any. Agents of one machine need ranges of their own:
     * the scheduler knows of no machine that is two nodes.
     */
    @WithDefault("20000")
    int minDynamicPort();

    /** The last of those ports. */
    @WithDefault("32000")
    int maxDynamicPort();

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

    /** The agent's own HTTP port. */
    Http http();

    /** Between two looks at whether folders of finished allocations have to go. */
    @WithDefault("1m")
    Duration gcInterval();

    /** Percent of the file system in use above which they go. */
    @WithDefault("80")
    double gcDiskUsageThreshold();

    /** Percent of its inodes in use above which they go. */
    @WithDefault("70")
    double gcInodeUsageThreshold();

    /** Allocations the node knows, running ones too, above which finished ones go. */
    @WithDefault("50")
    int gcMaxAllocs();

    /** Folders removed at a time. */
    @WithDefault("2")
    int gcParallelDestroys();

    /** Where the control groups of tasks go, from the root of all groups. */
    @WithDefault("steppe.slice")
    String cgroupParent();

    OfExec exec();

    OfDocker docker();
  }

  /** A folder of the machine that jobs may ask for. */
  interface OfHostVolume {
    /** Where it is: absolute, and there when the agent starts. */
    Path path();

    /** Whether jobs may only read it. */
    @WithDefault("false")
    boolean readOnly();
  }

  /** What isolated tasks ({@code exec}, {@code java}) see and may do. */
  interface OfExec {
    /**
     * Folders and files of the machine to where tasks find them, read-only. Unless set: the usual
     * ones that hold programs ({@code /bin}, {@code /etc}, {@code /lib}, {@code /usr} and such).
     */
    Map<String, String> chroot();

    /** Capabilities a job may ask for with {@code cap_add}. */
    @WithDefault(ExecSettings.CAPABILITIES)
    Optional<Set<String>> allowedCapabilities();

    /** Users no isolated task runs as. */
    @WithDefault("root")
    Optional<Set<String>> deniedUsers();

    /** Whom a task runs as that names no user. */
    @WithDefault("nobody")
    String user();

    /** Processes and threads of a task, unless its job says {@code pids_limit}. */
    @WithDefault("4096")
    int pids();

    /** The {@code java} of tasks; the one in PATH or JAVA_HOME unless set. */
    Optional<Path> java();
  }

  /** What containers ({@code docker}) may do. */
  interface OfDocker {
    /** Where the engine listens: Docker's, or Podman's compatible one. */
    @WithDefault("/var/run/docker.sock")
    Path socket();

    /** Whether jobs may ask for {@code privileged}. */
    @WithDefault("false")
    boolean allowPrivileged();

    /** Whether jobs may mount folders of the machine, and named volumes. */
    @WithDefault("false")
    boolean allowVolumes();

    /** Capabilities a container may have. */
    @WithDefault(ExecSettings.CAPABILITIES)
    Optional<Set<String>> allowedCapabilities();

    /** Processes and threads of a task, unless its job says {@code pids_limit}. */
    @WithDefault("4096")
    int pids();
  }

  /**
   * The HTTP port that answers for this node alone. Host and port are {@code quarkus.http.host} and
   * {@code quarkus.http.port}.
   */
  interface Http {
    /** Whether it serves the API; health checks are there in any case. */
    @WithDefault("true")
    boolean enabled();

    /**
     * {@code host} or {@code host:port} where clients reach it. Unless set: what it is bound to, or
     * the node's network address where that is every address; none where it is the loopback.
     */
    Optional<String> advertise();

    /** Largest body of a request. */
    @WithDefault("10M")
    MemorySize bodyLimit();

    /** All bodies that are read or worked on at once. */
    @WithDefault("32M")
    MemorySize bodiesLimit();

    /** How long a request waits for an answer's beginning. */
    @WithDefault("15S")
    Duration patience();

    /** Time between heartbeats of a stream of files or logs. */
    @WithDefault("1S")
    Duration frameHeartbeat();

    /** Bytes a stream may have on their way to a reader. */
    @WithDefault("256K")
    MemorySize streamCredit();
  }
}
