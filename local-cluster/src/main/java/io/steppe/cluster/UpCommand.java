package io.steppe.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code up}: runs a cluster until it is told to stop. Its options are described in
 * src/main/help/up.txt.
 */
@Command(name = "up")
public final class UpCommand implements Callable<Integer> {
  private static final Set<String> LEVELS = Set.of("error", "warn", "info", "debug", "trace");

  @Option(names = "--http-port")
  int httpPort = 4646;

  @Option(names = "--data-dir", required = true)
  Path data;

  @Option(names = "--agents")
  int agents = 1;

  @Option(names = "--replicas")
  Map<String, Integer> replicas = Map.of();

  @Option(names = "--database")
  String database;

  @Option(names = "--name")
  String name;

  @Option(names = "--region")
  String region = "global";

  @Option(names = "--datacenter")
  String datacenter = "dc1";

  @Option(names = "--log-level")
  String logLevel = "info";

  @Option(names = "--native")
  boolean nativeImages;

  @Option(names = "--tls")
  boolean tls;

  @Option(names = "--acl")
  boolean acl;

  @Option(names = "--enable-debug")
  boolean debug;

  @Override
  public Integer call() throws Exception {
    Options options = options();
    options.data().prepare();
    Console console = Main.console(options.data());
    boolean again = Boolean.getBoolean("steppe.again");
    Cluster cluster = new Cluster(options, console, again);
    if (!cluster.take()) {
      if (again) {
        return Main.FAILED;
      }
      console.complain(
          "Steppe runs already with the data folder %s%s: ./steppe down stops it, or give another --data-dir"
              .formatted(options.data().root(), pidOfLauncher(options.data())));
      console.exiting(Main.FAILED);
      return Main.FAILED;
    }
    console.announce(ProcessHandle.current().pid());
    Guardian guardian = new Guardian(againCommand());
    guardian.start();
    AtomicInteger code = new AtomicInteger();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> end(cluster, guardian, console, code.get()), "stop"));
    try {
      cluster.start();
      cluster.watch();
      // Only the end of this process ends the watch, and its hook stops the cluster.
      Thread.currentThread().join();
    } catch (StartFailure e) {
      code.set(Main.FAILED);
      console.complain(e.getMessage());
    }
    return code.get();
  }

  private static void end(Cluster cluster, Guardian guardian, Console console, int code) {
    try {
      cluster.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    guardian.release();
    console.exiting(code);
    Runtime.getRuntime().halt(code);
  }

  private static String pidOfLauncher(DataFolder folder) {
    return RunFile.read(folder.run(), Cluster.LAUNCHER, 0)
        .map(f -> " (pid " + f.id().pid() + ")")
        .orElse("");
  }

  Options options() {
    Map<Component, Integer> counts = new EnumMap<>(Component.class);
    replicas.forEach(
        (service, count) -> {
          Component component =
              Component.named(service)
                  .filter(Component::isReplicated)
                  .orElseThrow(
                      () ->
                          new StartFailure(
                              "--replicas names no service: %s (event-service, node-service, alloc-service, api-gateway)"
                                  .formatted(service)));
          require(
              count >= 1 && count <= 9, "--replicas %s=%d: give 1 to 9".formatted(service, count));
          counts.put(component, count);
        });
    require(httpPort >= 1 && httpPort <= 65_535, "--http-port is no port: " + httpPort);
    require(agents >= 0 && agents <= 100, "--agents must be 0 to 100: " + agents);
    String level = logLevel.toLowerCase(Locale.ROOT);
    require(
        LEVELS.contains(level),
        "--log-level is none of error, warn, info, debug, trace: " + logLevel);
    require(
        region.matches("[A-Za-z0-9_.-]{1,128}"),
        "--region may hold letters, digits, '-', '_' and '.': " + region);
    require(
        datacenter.matches("[A-Za-z0-9_.-]{1,128}"),
        "--datacenter may hold letters, digits, '-', '_' and '.': " + datacenter);
    String node = name == null ? hostName() : name;
    require(
        node.matches("[A-Za-z0-9_.-]{1,128}"),
        "--name may hold letters, digits, '-', '_' and '.': " + node);
    return new Options(
        home(),
        httpPort,
        new DataFolder(data),
        agents,
        counts,
        Optional.ofNullable(database).map(DatabaseUrl::parse),
        node,
        region,
        datacenter,
        level,
        nativeImages,
        new Options.Security(tls, acl, debug));
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new StartFailure(otherwise);
    }
  }

  private static Path home() {
    return Path.of(System.getProperty("steppe.home", ".")).toAbsolutePath().normalize();
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9_.-]", "-");
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** How a guardian starts this launcher again. */
  private List<String> againCommand() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(LauncherFlags.ALL);
    command.add("-Dsteppe.home=" + home());
    command.add("-Dsteppe.console=" + System.getProperty("steppe.console", "plain"));
    command.add("-Dsteppe.again=true");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.add("up");
    command.addAll(List.of("--http-port", Integer.toString(httpPort)));
    command.addAll(List.of("--data-dir", data.toAbsolutePath().toString()));
    command.addAll(List.of("--agents", Integer.toString(agents)));
    replicas.forEach(
        (service, count) -> command.addAll(List.of("--replicas", service + "=" + count)));
    if (database != null) {
      command.addAll(List.of("--database", database));
    }
    if (name != null) {
      command.addAll(List.of("--name", name));
    }
    command.addAll(
        List.of("--region", region, "--datacenter", datacenter, "--log-level", logLevel));
    flag(command, nativeImages, "--native");
    flag(command, tls, "--tls");
    flag(command, acl, "--acl");
    flag(command, debug, "--enable-debug");
    return command;
  }

  private static void flag(List<String> command, boolean given, String flag) {
    if (given) {
      command.add(flag);
    }
  }
}
