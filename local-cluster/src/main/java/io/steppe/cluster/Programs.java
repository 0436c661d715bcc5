package io.steppe.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How each component's processes are started: command, settings, ports. */
public final class Programs {
  private static final String LOOPBACK = "127.0.0.1";

  private final Options options;
  private final Ports ports;
  private final DatabaseUrl database;
  private final Path java;
  private final long memoryMiB;

  /**
   * @param database that the services use
   * @param java the command
   * @param memoryMiB of this machine; heaps are bounded by a part of it
   */
  public Programs(Options options, Ports ports, DatabaseUrl database, Path java, long memoryMiB) {
    this.options = options;
    this.ports = ports;
    this.database = database;
    this.java = java;
    this.memoryMiB = memoryMiB;
  }

  /** The role of a component that uses the database. */
  public static String role(Component component) {
    return component.role();
  }

  /** Every process that was asked for, in the order they start. */
  public List<Program> all() {
    List<Program> programs = new ArrayList<>();
    for (Component component : Component.values()) {
      for (int replica = 0; replica < options.count(component); replica++) {
        programs.add(program(component, replica));
      }
    }
    return programs;
  }

  /** Port of its HTTP: the API of a gateway, health of the others. */
  public int httpPort(Component component, int replica) {
    if (component == Component.API_GATEWAY && replica == 0) {
      return options.httpPort();
    }
    return port(component, replica, "http");
  }

  private Program program(Component component, int replica) {
    List<Integer> listens = new ArrayList<>();
    if (component.servesGrpc()) {
      listens.add(port(component, replica, "grpc"));
    }
    listens.add(httpPort(component, replica));
    Path folder =
        component == Component.NODE_AGENT ? options.data().agent(replica) : options.data().root();
    return new Program(
        component.label(),
        replica,
        command(component),
        environment(component, replica),
        listens,
        options.data().log(component.label(), replica),
        folder,
        new Program.Stop("TERM", component.stopSeconds()));
  }

  private int port(Component component, int replica, String use) {
    boolean held =
        RunFile.read(options.data().run(), component.label(), replica)
            .filter(f -> f.id().isAlive())
            .isPresent();
    return ports.port(component.label() + "-" + replica + "." + use, held);
  }

  private List<String> command(Component component) {
    Path target = options.home().resolve(component.label()).resolve("target");
    if (options.nativeImages()) {
      return List.of(executable(component, target).toString(), "-Xmx" + heapMiB(component) + "m");
    }
    Path app = target.resolve("quarkus-app");
    Path jar = app.resolve("quarkus-run.jar");
    if (!Files.exists(jar)) {
      throw new StartFailure(
          "%s is not built (%s is missing): ./steppe build makes it"
              .formatted(component.label(), jar));
    }
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(
        JvmFlags.of(heapMiB(component), System.getenv().getOrDefault("STEPPE_JAVA_OPTS", "")));
    command.add("-jar");
    command.add(jar.toString());
    return command;
  }

  private static Path executable(Component component, Path target) {
    try (var files = Files.list(target)) {
      Optional<Path> found =
          files
              .filter(f -> f.getFileName().toString().endsWith("-runner") && Files.isExecutable(f))
              .findFirst();
      if (found.isPresent()) {
        return found.get();
      }
    } catch (IOException missing) {
      throw notBuiltNative(component);
    }
    throw notBuiltNative(component);
  }

  private static StartFailure notBuiltNative(Component component) {
    return new StartFailure(
        "There is no executable of %s: ./steppe build --native makes it, with GRAALVM_HOME set"
            .formatted(component.label()));
  }

  private long heapMiB(Component component) {
    // A heap grows as it needs to; the bound keeps one process from taking the machine.
    long most = component == Component.NODE_AGENT ? 256 : 2048;
    return Math.clamp(memoryMiB / 8, 128, most);
  }

  private Map<String, String> environment(Component component, int replica) {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("STEPPE_REGION", options.region());
    env.put("STEPPE_DATACENTER", options.datacenter());
    env.put("STEPPE_REPLICA_ID", component.label() + "-" + replica);
    env.put("QUARKUS_HTTP_HOST", LOOPBACK);
    env.put("QUARKUS_HTTP_PORT", Integer.toString(httpPort(component, replica)));
    env.put(
        "QUARKUS_LOG_LEVEL",
        options.logLevel().equals("debug") || options.logLevel().equals("trace")
            ? "INFO"
            : level());
    env.put("QUARKUS_LOG_CATEGORY__IO_STEPPE__LEVEL", level());
    // What is not ready yet is asked often while the cluster starts.
    env.put("QUARKUS_LOG_CATEGORY__IO_SMALLRYE_HEALTH__LEVEL", "WARN");
    env.put("QUARKUS_BANNER_ENABLED", "false");
    secure(env, component);
    if (component.servesGrpc()) {
      int grpc = port(component, replica, "grpc");
      env.put("QUARKUS_GRPC_SERVER_HOST", LOOPBACK);
      env.put("QUARKUS_GRPC_SERVER_PORT", Integer.toString(grpc));
      env.put("STEPPE_REPLICA_ADDRESS", LOOPBACK + ":" + grpc);
    } else {
      env.put("STEPPE_REPLICA_ADDRESS", LOOPBACK + ":" + httpPort(component, replica));
    }
    if (component.usesDatabase()) {
      env.put("STEPPE_DATABASE_URL", database.withoutUser());
      env.put("STEPPE_DATABASE_USER", role(component));
      env.put("STEPPE_DATABASE_PASSWORD", options.data().secret(role(component)));
    }
    if (component.sealsSecrets()) {
      env.put("STEPPE_SEAL_KEYS", options.data().sealKey());
    }
    if (component == Component.NODE_AGENT) {
      env.put("STEPPE_AGENT_DATA_DIR", options.data().agent(replica).toString());
      env.put("STEPPE_AGENT_SERVERS", addresses(Component.NODE_SERVICE));
      env.put("STEPPE_AGENT_NAME", options.nodeName(replica));
      env.put("STEPPE_AGENT_HTTP_ADVERTISE", LOOPBACK + ":" + httpPort(component, replica));
      TaskPorts ports = TaskPorts.of(replica, options.agents());
      env.put("STEPPE_AGENT_MIN_DYNAMIC_PORT", Integer.toString(ports.min()));
      env.put("STEPPE_AGENT_MAX_DYNAMIC_PORT", Integer.toString(ports.max()));
      // SIGTERM comes from `down` only: what dies otherwise keeps its tasks.
      env.put("STEPPE_AGENT_STOP_TASKS_ON_EXIT", "true");
    } else {
      env.put("STEPPE_EVENT_SERVICE", addresses(Component.EVENT_SERVICE));
      env.put("STEPPE_NODE_SERVICE", addresses(Component.NODE_SERVICE));
      env.put("STEPPE_ALLOC_SERVICE", addresses(Component.ALLOC_SERVICE));
    }
    return env;
  }

  private void secure(Map<String, String> env, Component component) {
    Options.Security security = options.security();
    options
        .certificates()
        .ifPresent(
            certificates -> {
              LocalCertificates.Pair own = certificates.of(component);
              env.put("STEPPE_TLS_ENABLED", "true");
              env.put("STEPPE_TLS_CA", certificates.authority().toString());
              env.put("STEPPE_TLS_CERT", own.certificate().toString());
              env.put("STEPPE_TLS_KEY", own.key().toString());
            });
    if (security.acl()) {
      env.put("STEPPE_ACL_ENABLED", "true");
    }
    if (security.debug()) {
      env.put("STEPPE_ENABLE_DEBUG", "true");
    }
  }

  private String level() {
    return options.logLevel().toUpperCase(Locale.ROOT);
  }

  private String addresses(Component component) {
    return IntStream.range(0, Math.max(1, options.count(component)))
        .mapToObj(replica -> LOOPBACK + ":" + port(component, replica, "grpc"))
        .collect(Collectors.joining(","));
  }
}
