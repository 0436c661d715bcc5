package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A fuzzer that has read the OpenAPI description finds no stack trace, no hang, no error that a
 * route is not known to answer with, and no document that is not as described. It asks the same
 * each time; for longer and for something else: {@code -Dsteppe.fuzz.seconds=600}.
 */
class FuzzTest {
  private static final int A_TOOL_IS_MISSING = 77;
  private static final String SECONDS = System.getProperty("steppe.fuzz.seconds", "");

  /** Only reads, for others use that cluster too; a management token is let do the rest as well. */
  @Test
  @OnSharedCluster
  void everyReadAnswersClearly(LocalCluster cluster) throws Exception {
    fuzz(cluster.api(), 1, "--reads");
    assertEquals(200, cluster.api().send("GET", "/v1/jobs", null).status(), "it goes on");
  }

  @Test
  @OnSharedCluster
  void whatGoesOnBeginsClearly(LocalCluster cluster) throws Exception {
    StreamFuzz.ask(cluster, cluster.api(), List.of(cluster.api()));
  }

  @Test
  void everyRouteAnswersClearlyWhateverItsCallerMay() throws Exception {
    try (LocalCluster cluster = LocalCluster.start("--name", "fuzz-acl", "--acl")) {
      Api nobody = cluster.api();
      JsonNode first = nobody.send("PUT", "/v1/acl/bootstrap", null).ok().json();
      Api manager = nobody.as(first.path("SecretID").asText());
      StreamFuzz.ask(cluster, manager, List.of(nobody, manager));
      fuzz(nobody, 1);
      fuzz(reader(manager), 1);
      fuzz(manager, 3);
      assertEquals(200, manager.send("GET", "/v1/jobs", null).status(), "it goes on");
    }
  }

  private static Api reader(Api manager) throws Exception {
    String rules =
        "{\"Name\":\"reader\",\"Rules\":\"namespace \\\"*\\\" { policy = \\\"read\\\" }\"}";
    manager.send("PUT", "/v1/acl/policy/reader", rules).ok();
    JsonNode token =
        manager
            .send("PUT", "/v1/acl/token", "{\"Type\":\"client\",\"Policies\":[\"reader\"]}")
            .ok()
            .json();
    return manager.as(token.path("SecretID").asText());
  }

  private static void fuzz(Api api, int examples, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                LocalCluster.home().resolve("e2e/fuzz/run").toString(),
                api.base(),
                "--token",
                api.token(),
                "--examples",
                Integer.toString(examples)));
    command.addAll(List.of(options));
    if (!SECONDS.isEmpty()) {
      command.addAll(List.of("--seconds", SECONDS));
    }
    Process fuzzer = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(fuzzer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = fuzzer.waitFor();
    if (code == A_TOOL_IS_MISSING) {
      abort(output.strip());
    }
    assertEquals(0, code, output);
  }
}
