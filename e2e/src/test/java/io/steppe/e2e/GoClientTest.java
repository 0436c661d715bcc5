package io.steppe.e2e;

import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A first job, start to end, through the official Go client: the program in e2e/go. */
class GoClientTest {

  @BeforeAll
  static void needsGo() throws InterruptedException {
    GoProgram.requireGo();
  }

  @Test
  @OnSharedCluster
  void runsAJobAndAsksItsNode(LocalCluster cluster) throws Exception {
    GoProgram.run(".", cluster, Map.of());
  }

  /** The client finds no address of the node and goes to the server for everything. */
  @Test
  void doesWithoutTheNodesOwnPort() throws Exception {
    Map<String, String> off = Map.of("STEPPE_AGENT_HTTP_ENABLED", "false");
    try (LocalCluster cluster = LocalCluster.start(off, "--name", "e2e-without-port")) {
      GoProgram.run(".", cluster, off);
    }
  }

  /** From the first token to a login, on a cluster that asks for rights. */
  @Test
  void asksForRights() throws Exception {
    try (LocalCluster cluster = LocalCluster.start("--acl", "--name", "e2e-acl")) {
      GoProgram.run("./acl", cluster, Map.of());
    }
  }
}
