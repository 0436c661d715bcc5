package io.steppe.e2e;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A cluster that {@code ./steppe up} runs for a test, in a folder and on a port of its own. */
final class LocalCluster implements AutoCloseable {
  private static final Path HOME =
      Path.of(System.getProperty("steppe.home", "..")).toAbsolutePath().normalize();

  private final Path folder;
  private final int port;
  private final Map<String, String> environment;
  private final Api api;
  private Process up;
  private Duration startedIn = Duration.ZERO;

  /** What {@code ./steppe ps} tells of one process. */
  record Running(String name, int replica, long pid, String ports) {
    void kill() {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private LocalCluster(Path folder, int port, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
    this.port = port;
    this.api = new Api("http://127.0.0.1:" + port);
  }

  /** Starts one and waits for its ready line. */
  static LocalCluster start(String... options) throws IOException, InterruptedException {
    return start(Map.of(), options);
  }

  /** Starts one whose processes have these settings besides. */
  static LocalCluster start(Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("steppe-e2e");
    LocalCluster cluster = new LocalCluster(folder, freePort(), environment);
    cluster.up(options);
    return cluster;
  }

  /** One whose data folder may be filled before {@link #up}. */
  static LocalCluster unstarted(Map<String, String> environment) throws IOException {
    LocalCluster cluster =
        new LocalCluster(Files.createTempDirectory("steppe-e2e"), freePort(), environment);
    Files.createDirectories(cluster.data());
    return cluster;
  }

  /** Starts one that does not get ready by itself; {@link #awaitReady} waits for its ready line. */
  static LocalCluster begin(Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("steppe-e2e");
    LocalCluster cluster = new LocalCluster(folder, freePort(), environment);
    cluster.launch(options);
    return cluster;
  }

  Api api() {
    return api;
  }

  Path data() {
    return folder.resolve("data");
  }

  /** Runs {@code up} and waits for its ready line. */
  void up(String... options) throws IOException, InterruptedException {
    long began = System.nanoTime();
    launch(options);
    awaitReady();
    startedIn = Duration.ofNanos(System.nanoTime() - began);
  }

  private void launch(String... options) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("up", "--data-dir", data().toString(), "--http-port", Integer.toString(port)));
    arguments.addAll(List.of(options));
    Files.deleteIfExists(output());
    ProcessBuilder builder = steppe(arguments).redirectErrorStream(true);
    builder.environment().putAll(environment);
    up = builder.redirectOutput(output().toFile()).start();
  }

  /** Waits for the ready line; a cluster that does not get there is closed. */
  void awaitReady() throws IOException, InterruptedException {
    try {
      Wait.untilTrue(
          Duration.ofMinutes(3),
          "the ready line",
          () -> lines().stream().anyMatch(l -> l.startsWith("Steppe is ready: ")) || !up.isAlive());
    } catch (AssertionError e) {
      String logs = report();
      close();
      throw new AssertionError(e.getMessage() + "\n" + logs, e);
    }
    if (!up.isAlive()) {
      throw new AssertionError("the cluster did not start:\n" + report());
    }
  }

  /**
   * How long something may take that takes at most so long on a machine with nothing else to do: on
   * a busy one twice the time that starting this cluster took there, where that is more.
   */
  Duration within(Duration idle) {
    Duration busy = startedIn.multipliedBy(2);
    return busy.compareTo(idle) > 0 ? busy : idle;
  }

  /** Runs {@code down} and waits for the end of {@code up}. */
  void down() throws IOException, InterruptedException {
    Process down =
        steppe(List.of("down", "--data-dir", data().toString())).redirectErrorStream(true).start();
    String said = new String(down.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (down.waitFor() != 0 || !up.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("down failed: " + said + "\n" + report());
    }
  }

  /** The processes of the cluster. */
  List<Running> ps() throws IOException, InterruptedException {
    Process ps = steppe(List.of("ps", "--data-dir", data().toString())).start();
    String text = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (ps.waitFor() != 0) {
      throw new AssertionError("ps failed: " + text);
    }
    return text.lines()
        .map(line -> line.split("\t", -1))
        .map(f -> new Running(f[0], Integer.parseInt(f[1]), Long.parseLong(f[2]), f[3]))
        .toList();
  }

  /** What the launcher printed so far. */
  List<String> lines() throws IOException {
    return Files.exists(output()) ? Files.readAllLines(output()) : List.of();
  }

  /** The launcher's lines and the ends of all logs, for a failed test. */
  String report() throws IOException {
    StringBuilder report = new StringBuilder(String.join("\n", lines()));
    if (Files.isDirectory(data().resolve("logs"))) {
      try (var logs = Files.newDirectoryStream(data().resolve("logs"), "*.log")) {
        for (Path log : logs) {
          List<String> all = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
          report.append("\n--- ").append(log.getFileName()).append('\n');
          report.append(String.join("\n", all.subList(Math.max(0, all.size() - 15), all.size())));
        }
      }
    }
    return report.toString();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (up != null) {
      steppe(List.of("down", "--data-dir", data().toString()))
          .inheritIO()
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
      up.waitFor(30, TimeUnit.SECONDS);
      up.destroyForcibly();
    }
    deleteTree(folder);
  }

  private Path output() {
    return folder.resolve("up.out");
  }

  static ProcessBuilder steppe(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(HOME.resolve("steppe").toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectInput(new File("/dev/null"));
    builder.environment().put("STEPPE_BUILD", "never");
    return builder;
  }

  static Path home() {
    return HOME;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (var paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
