package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * A fuzzer that has read the OpenAPI description finds no stack trace, no hang, and no error that a
 * route is not known to answer with. For longer: {@code -Dsteppe.fuzz.seconds=600}.
 */
class FuzzTest {
  private static final int A_TOOL_IS_MISSING = 77;
  private static final String SECONDS = System.getProperty("steppe.fuzz.seconds", "30");

  @Test
  void everyRouteAnswersClearly() throws Exception {
    try (LocalCluster cluster = LocalCluster.start("--name", "fuzz")) {
      fuzz(cluster, "");
      assertEquals(200, cluster.api().send("GET", "/v1/jobs", null).status(), "it goes on");
    }
  }

  @Test
  void everyRouteAnswersClearlyWhereRightsAreAskedFor() throws Exception {
    try (LocalCluster cluster = LocalCluster.start("--name", "fuzz-acl", "--acl")) {
      Api.Answer first = cluster.api().send("PUT", "/v1/acl/bootstrap", null);
      assertEquals(200, first.status(), first.body());
      fuzz(cluster, first.json().path("SecretID").asText());
    }
  }

  private static void fuzz(LocalCluster cluster, String token) throws Exception {
    Process fuzzer =
        new ProcessBuilder(
                LocalCluster.home().resolve("e2e/fuzz/run").toString(),
                cluster.api().base(),
                SECONDS,
                token)
            .redirectErrorStream(true)
            .start();
    String output = new String(fuzzer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = fuzzer.waitFor();
    if (code == A_TOOL_IS_MISSING) {
      abort(output.strip());
    }
    assertEquals(0, code, output);
  }
}
