package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Programs of {@code e2e/go}, which use the official Go client. */
final class GoProgram {
  private GoProgram() {}

  /** Skips the test where Go is missing, but not where the whole gate is run. */
  static void requireGo() throws InterruptedException {
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

  /**
   * Runs a program to its end and fails with what it said, unless it ended well.
   *
   * @param program its package: {@code .} or {@code ./nodes}
   */
  static void run(String program, LocalCluster cluster, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path folder = LocalCluster.home().resolve("e2e/go");
    ProcessBuilder builder =
        new ProcessBuilder("go", "run", program)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("NOMAD_ADDR", cluster.api().base());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
