package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A first job, start to end, through the official Go client: the program in e2e/go. */
@ExtendWith(SharedCluster.class)
class GoClientTest {

  @BeforeAll
  static void needsGo() throws InterruptedException {
    try {
      assertEquals(
          0,
          new ProcessBuilder("go", "version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor());
    } catch (IOException e) {
      assertFalse(
          "true".equals(System.getenv("CI")),
          "Go is missing, and CI must not pass without the Go client");
      abort("Go is missing: the Go client is not tested");
    }
  }

  @Test
  void runsAJobAndAsksItsNode(LocalCluster cluster) throws Exception {
    run(cluster, Map.of());
  }

  /** The client finds no address of the node and goes to the server for everything. */
  @Test
  void doesWithoutTheNodesOwnPort() throws Exception {
    Map<String, String> off = Map.of("STEPPE_AGENT_HTTP_ENABLED", "false");
    try (LocalCluster cluster = LocalCluster.start(off, "--name", "e2e-without-port")) {
      run(cluster, off);
    }
  }

  private static void run(LocalCluster cluster, Map<String, String> environment) throws Exception {
    Path program = LocalCluster.home().resolve("e2e/go");
    ProcessBuilder builder =
        new ProcessBuilder("go", "run", ".").directory(program.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("NOMAD_ADDR", cluster.api().base());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
