package io.steppe.agent.boot;

import io.steppe.agent.docker.DockerSettings;
import io.steppe.agent.driver.DriverSettings;
import io.steppe.agent.fingerprint.DynamicPorts;
import io.steppe.agent.fingerprint.NodeSettings;
import io.steppe.agent.gc.GcSettings;
import io.steppe.agent.session.Introduction;
import io.steppe.agent.session.SessionSettings;
import io.steppe.tls.Tls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Agents for tests, in this process or as one of their own ({@link #main}). */
public final class TestAgent {
  /** Keeps three allocations, however full the disk is. */
  private static final GcSettings GC = new GcSettings(Duration.ofSeconds(1), 100, 100, 3, 2);

  private TestAgent() {}

  public static Agent.Settings settings(Path data, int port, Duration stopTasks) {
    return settings(data, port, stopTasks, Duration.ofMillis(300));
  }

  public static Agent.Settings settings(Path data, int port, Duration stopTasks, Duration refused) {
    var node =
        new NodeSettings(
            "test",
            "dc1",
            "default",
            "",
            Map.of("rack", "r1"),
            Map.of("inventory", "shelf-7"),
            volumes(data),
            Optional.of("lo"),
            new DynamicPorts(24_000, 25_999),
            Optional.empty(),
            Optional.empty(),
            "",
            false);
    var session =
        new SessionSettings(
            List.of("127.0.0.1:" + port),
            Tls.off(),
            Duration.ofSeconds(5),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            refused);
    var usual = DockerSettings.defaults();
    var docker =
        new DockerSettings(
            data.resolve("docker.sock"), false, false, usual.allowedCapabilities(), usual.pids());
    return new Agent.Settings(
        data,
        node,
        "global",
        session,
        DriverSettings.defaults(),
        docker,
        GC,
        Introduction.none(),
        stopTasks,
        "test");
  }

  /** A volume "shared" that may be written, and "fixed", the same folder, that may not. */
  private static Map<String, NodeSettings.HostVolume> volumes(Path data) {
    Path folder = data.resolve("volume");
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of(
        "shared", new NodeSettings.HostVolume(folder, false),
        "fixed", new NodeSettings.HostVolume(folder, true));
  }

  public static Agent start(Path data, int port) throws IOException {
    Agent agent = new Agent(settings(data, port, Duration.ZERO));
    agent.start();
    return agent;
  }

  /** An agent until it is killed: data folder and port. */
  public static void main(String[] args) throws Exception {
    Agent agent = start(Path.of(args[0]), Integer.parseInt(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(agent)));
    Thread.currentThread().join();
  }

  private static void end(Agent agent) {
    try {
      agent.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
