package io.steppe.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher with a real PostgreSQL and stand-ins for the services: starting, dying, adopting,
 * stopping.
 */
class LauncherTest {
  private static final Set<String> ALL =
      Set.of(
          "launcher-0",
          "postgresql-0",
          "event-service-0",
          "node-service-0",
          "alloc-service-0",
          "api-gateway-0",
          "node-agent-0");

  @TempDir Path temporary;
  private Path home;
  private DataFolder data;
  private int httpPort;
  private Path output;

  @BeforeEach
  void layOut() throws IOException {
    home = temporary.resolve("home");
    data = new DataFolder(temporary.resolve("data"));
    output = temporary.resolve("output");
    httpPort = freePort();
    StandInService.installInto(home);
  }

  @AfterEach
  void stop() throws Exception {
    if (data.exists()) {
      launcher("down", "--data-dir", data.root().toString()).waitFor();
    }
  }

  @Test
  void startsEverythingAndSaysOnceThatItIsReady() throws Exception {
    up();
    assertEquals(ALL, running().keySet());
    assertTrue(said("Steppe is ready: http://127.0.0.1:" + httpPort));
    for (RunFile file : running().values()) {
      // The stand-ins listen on their HTTP port, the last one.
      String port = file.ports().substring(file.ports().lastIndexOf(',') + 1);
      assertTrue(port.equals("-") || !Ports.isFree(Integer.parseInt(port)), file + " listens");
    }
    assertEquals("on", sql("show fsync"));
    assertEquals("on", sql("show synchronous_commit"));
    assertEquals(
        "steppe_event",
        sql("select schema_owner from information_schema.schemata where schema_name = 'ledger'"));
    assertEquals("rw-------", permissions(data.root().resolve("secrets.properties")));
  }

  @Test
  void startsAgainWhateverIsKilled() throws Exception {
    up();
    for (String label : ALL) {
      Map<String, RunFile> before = running();
      before.get(label).id().kill();
      await(
          () -> {
            RunFile now = running().get(label);
            return now != null && !now.equals(before.get(label));
          },
          label + " runs again");
      if (!label.equals("launcher-0")) {
        await(() -> said(label + " (pid " + before.get(label).id().pid()), "a line about " + label);
      }
      await(() -> running().keySet().equals(ALL), "everything runs");
      await(this::sqlAnswers, "the database answers");
      Map<String, RunFile> after = running();
      for (String other : ALL) {
        if (!other.equals(label)) {
          assertEquals(
              before.get(other),
              after.get(other),
              other + " was left alone when " + label + " was killed");
        }
      }
    }
    assertEquals(1, lines().stream().filter(line -> line.contains("Steppe is ready")).count());
  }

  @Test
  void startsAgainWhenEverythingIsKilledAtOnce() throws Exception {
    up();
    sql("create table kept (x int); insert into kept values (42); select 1");
    Map<String, RunFile> before = running();
    before.values().forEach(file -> file.id().kill());
    await(
        () -> {
          Map<String, RunFile> now = running();
          return now.keySet().equals(ALL)
              && ALL.stream().noneMatch(label -> now.get(label).equals(before.get(label)));
        },
        "everything runs again");
    await(this::sqlAnswers, "the database answers");
    assertEquals("42", sql("select x from kept"));
    await(() -> said("Everything runs again"), "a line that says so");
    for (String label : ALL) {
      assertEquals(
          before.get(label).ports(), running().get(label).ports(), label + " listens where it did");
    }
  }

  @Test
  void stopsEverythingOnDownAndKeepsDataAndPorts() throws Exception {
    Process first = up();
    sql("create table kept (x int); insert into kept values (7); select 1");
    Map<String, RunFile> before = running();
    Process down = launcher("down", "--data-dir", data.root().toString());
    assertEquals(0, down.waitFor());
    assertTrue(first.waitFor(5, TimeUnit.SECONDS));
    assertEquals(0, first.exitValue());
    assertEquals(Map.of(), running());
    assertTrue(Ports.isFree(httpPort));
    up();
    assertEquals("7", sql("select x from kept"));
    running().forEach((label, file) -> assertEquals(before.get(label).ports(), file.ports()));
  }

  @Test
  void stopsWhatAKilledLauncherAndGuardianLeft() throws Exception {
    Process first = up();
    first
        .descendants()
        .filter(h -> h.info().commandLine().orElse("").contains("steppe-guardian"))
        .forEach(ProcessHandle::destroyForcibly);
    first.destroyForcibly();
    assertEquals(0, launcher("down", "--data-dir", data.root().toString()).waitFor());
    await(() -> running().isEmpty(), "nothing runs");
  }

  @Test
  void takesOverWhatAKilledLauncherLeft() throws Exception {
    Process first = up();
    Map<String, RunFile> before = running();
    first
        .descendants()
        .filter(h -> h.info().commandLine().orElse("").contains("steppe-guardian"))
        .forEach(ProcessHandle::destroyForcibly);
    first.destroyForcibly();
    await(() -> !before.get("launcher-0").equals(running().get("launcher-0")), "it is gone");
    if (!running().containsKey("launcher-0")) {
      up();
    }
    Map<String, RunFile> after = running();
    for (String label : ALL) {
      assertEquals(label.equals("launcher-0"), !before.get(label).equals(after.get(label)), label);
    }
  }

  @Test
  void refusesASecondLauncherAndAPortInUse() throws Exception {
    up();
    String second =
        outputOf(
            launcher(
                "up",
                "--data-dir",
                data.root().toString(),
                "--http-port",
                Integer.toString(freePort())),
            1);
    assertTrue(second.contains("runs already"), second);
    assertEquals(1, second.lines().count(), second);
    Path other = temporary.resolve("other");
    String third =
        outputOf(
            launcher(
                "up", "--data-dir", other.toString(), "--http-port", Integer.toString(httpPort)),
            1);
    assertTrue(third.contains("Port " + httpPort + " is in use"), third);
  }

  @Test
  void saysOneClearLineWhenItCannotStart() throws Exception {
    Files.createDirectories(data.root());
    Files.writeString(data.root().resolve("version"), "99\n");
    refused("of version 99", "--data-dir", data.root().toString());
    Path fresh = temporary.resolve("fresh");
    refused(
        "not reachable",
        "--data-dir",
        fresh.toString(),
        "--database",
        "postgresql://a:b@127.0.0.1:1/x");
    refused("Not a database URL", "--data-dir", fresh.toString(), "--database", "mysql://a");
    refused("--replicas names no service", "--data-dir", fresh.toString(), "--replicas", "nope=2");
    refused("--http-port", "--data-dir", fresh.toString(), "--http-port", "70000");
    Files.delete(home.resolve("node-service/target/quarkus-app/quarkus-run.jar"));
    refused("node-service is not built", "--data-dir", fresh.toString());
  }

  @Test
  void usesAGivenDatabase() throws Exception {
    up();
    DatabaseUrl url = superuser();
    String given =
        "postgresql://postgres:%s@127.0.0.1:%d/steppe"
            .formatted(url.password().orElseThrow(), url.port());
    DataFolder second = new DataFolder(temporary.resolve("second"));
    int port = freePort();
    Process process =
        command(
                List.of(
                    "up",
                    "--data-dir",
                    second.root().toString(),
                    "--http-port",
                    Integer.toString(port),
                    "--database",
                    given))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      await(() -> Files.exists(second.readyMark()), "the second cluster is ready");
      assertFalse(
          RunFile.alive(second.run()).stream().anyMatch(f -> f.name().equals("postgresql")));
    } finally {
      launcher("down", "--data-dir", second.root().toString()).waitFor();
      process.waitFor();
    }
    sql("create role weak login password 'weak'; select 1");
    refused(
        "may not make roles",
        "--data-dir",
        temporary.resolve("third").toString(),
        "--http-port",
        Integer.toString(freePort()),
        "--database",
        "postgresql://weak:weak@127.0.0.1:%d/steppe".formatted(url.port()));
  }

  @Test
  void runsAsManyProcessesAsAskedFor() throws Exception {
    up(
        "--agents",
        "2",
        "--name",
        "box",
        "--replicas",
        "node-service=2",
        "--replicas",
        "api-gateway=2");
    assertEquals(
        Set.of(
            "node-agent-0",
            "node-agent-1",
            "node-service-0",
            "node-service-1",
            "api-gateway-0",
            "api-gateway-1"),
        running().keySet().stream()
            .filter(l -> l.matches("(node|api).*"))
            .collect(Collectors.toSet()));
    assertNotEquals(
        running().get("node-service-0").ports(), running().get("node-service-1").ports());
    String ps = outputOf(launcher("ps", "--data-dir", data.root().toString()), 0);
    assertEquals(10, ps.lines().count(), ps);
    RunFile gateway = running().get("api-gateway-0");
    assertTrue(ps.contains("api-gateway\t0\t" + gateway.id().pid() + "\t" + httpPort + "\n"), ps);
  }

  private void refused(String because, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("up"));
    if (!List.of(arguments).contains("--http-port")) {
      all.addAll(List.of("--http-port", Integer.toString(freePort())));
    }
    all.addAll(List.of(arguments));
    String text = outputOf(launcher(all.toArray(String[]::new)), 1);
    assertTrue(text.contains(because), text);
    assertEquals(1, text.lines().filter(line -> !line.matches("Preparing .*")).count(), text);
  }

  private Process up(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "up",
                "--data-dir",
                data.root().toString(),
                "--http-port",
                Integer.toString(httpPort)));
    arguments.addAll(List.of(more));
    Process process =
        command(arguments)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
    await(() -> Files.exists(data.readyMark()) || !process.isAlive(), "the cluster is ready");
    assertTrue(process.isAlive(), () -> String.join("\n", lines()));
    return process;
  }

  private Process launcher(String... arguments) throws IOException {
    return command(List.of(arguments)).start();
  }

  private ProcessBuilder command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(LauncherFlags.ALL);
    command.add("-Dsteppe.home=" + home);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectInput(new File("/dev/null"));
  }

  private static String outputOf(Process process, int code) throws Exception {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(code, process.waitFor(), text);
    return text;
  }

  private Map<String, RunFile> running() {
    Map<String, RunFile> running = new HashMap<>();
    RunFile.alive(data.run())
        .forEach(file -> running.put(file.name() + "-" + file.replica(), file));
    return running;
  }

  private List<String> lines() {
    try {
      return Files.exists(output) ? Files.readAllLines(output) : List.of();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private boolean said(String text) {
    return lines().stream().anyMatch(line -> line.contains(text));
  }

  private DatabaseUrl superuser() {
    int port = Integer.parseInt(running().get("postgresql-0").ports());
    return DatabaseUrl.parse(
        "postgresql://postgres:%s@127.0.0.1:%d/steppe".formatted(data.secret("postgres"), port));
  }

  private String sql(String statement) throws SQLException {
    DatabaseUrl url = superuser();
    try (Connection connection =
            DriverManager.getConnection(
                url.jdbc(), url.user().orElseThrow(), url.password().orElseThrow());
        var s = connection.createStatement()) {
      s.execute(statement);
      while (s.getResultSet() == null) {
        s.getMoreResults();
      }
      s.getResultSet().next();
      return s.getResultSet().getString(1);
    }
  }

  private boolean sqlAnswers() {
    try {
      return sql("select 1").equals("1");
    } catch (SQLException | RuntimeException notYet) {
      return false;
    }
  }

  private static String permissions(Path file) throws IOException {
    return java.nio.file.attribute.PosixFilePermissions.toString(
        Files.getPosixFilePermissions(file));
  }

  private static int freePort() throws IOException {
    try (var socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited in vain until " + what);
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }
}
