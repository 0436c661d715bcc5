package io.steppe.agent.http;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.steppe.agent.boot.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;

/** A control plane for an agent that a test runs as a whole. */
public final class ControlPlaneResource implements QuarkusTestResourceLifecycleManager {
  private static ControlPlane control;

  private Path data;

  static ControlPlane control() {
    return control;
  }

  @Override
  public Map<String, String> start() {
    try {
      control = new ControlPlane(0);
      data = Files.createTempDirectory("agent");
      return Map.of(
          "steppe.agent.data-dir", data.toString(),
          "steppe.agent.servers", "127.0.0.1:" + control.port(),
          "steppe.agent.network-interface", "lo",
          "steppe.agent.stop-tasks-on-exit", "true",
          "quarkus.http.test-port", "0");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    control.close();
    try (var paths = Files.walk(data)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
