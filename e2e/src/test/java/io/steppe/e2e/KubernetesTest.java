package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The manifests in k8s/ render and fit Kubernetes' schemas; see k8s/check. */
class KubernetesTest {
  private static final int A_TOOL_IS_MISSING = 77;

  @Test
  void manifestsFitTheSchemas() throws Exception {
    Process check =
        new ProcessBuilder(LocalCluster.home().resolve("k8s/check").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = check.waitFor();
    if (code == A_TOOL_IS_MISSING) {
      abort(output.strip());
    }
    assertEquals(0, code, output);
  }
}
