package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.steppe.e2e.LocalCluster.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Nodes are lost only with their agents: not with a replica of node-service that dies, and not by
 * one that was stopped for a minute and goes on with what it believed then.
 */
class NodeLossTest {
  private static final Duration DOWN_WITHIN = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofSeconds(60);

  private static LocalCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = LocalCluster.start("--agents", "4", "--replicas", "node-service=2", "--name", "loss");
    Wait.untilTrue(
        Duration.ofSeconds(60), "four nodes", () -> cluster.api().readyNodes().size() == 4);
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void aReplicaAndSomeAgentsDieTogether() throws Exception {
    List<Running> silent = of("node-agent").subList(0, 2);
    Map<String, Integer> agents = agentOfNode();
    try {
      for (Running agent : silent) {
        signal("STOP", agent.pid());
      }
      of("node-service").getFirst().kill();
      Set<Integer> silentReplicas =
          silent.stream().map(Running::replica).collect(Collectors.toSet());
      Set<String> lost = new HashSet<>();
      agents.forEach(
          (node, replica) -> {
            if (silentReplicas.contains(replica)) {
              lost.add(node);
            }
          });
      assertEquals(2, lost.size(), agents::toString);
      Wait.untilTrue(
          DOWN_WITHIN,
          "the silent nodes are down",
          () -> {
            Map<String, String> statuses = statuses();
            statuses.forEach(
                (node, status) ->
                    assertTrue(lost.contains(node) || status.equals("ready"), statuses::toString));
            return lost.stream().allMatch(node -> statuses.get(node).equals("down"));
          });
      cluster.api().send("PUT", "/v1/system/gc", null).ok();
      Wait.untilTrue(
          Duration.ofSeconds(30),
          "what is down is forgotten where that is asked for",
          () -> Collections.disjoint(statuses().keySet(), lost) && statuses().size() == 2);
    } finally {
      for (Running agent : silent) {
        signal("CONT", agent.pid());
      }
    }
    Wait.untilTrue(
        Duration.ofSeconds(60),
        "they are back with their agents",
        () -> cluster.api().readyNodes().size() == 4);
  }

  @Test
  void aReplicaThatSleptMarksNobodyDown() throws Exception {
    Running replica = of("node-service").getFirst();
    signal("STOP", replica.pid());
    try {
      requireAllReadyFor(PAUSE);
    } finally {
      signal("CONT", replica.pid());
    }
    requireAllReadyFor(Duration.ofSeconds(20));
  }

  /** Nothing may happen in that time, so it is waited for. */
  private static void requireAllReadyFor(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Wait.untilTrue(
        time.plusSeconds(30),
        "a quiet time",
        () -> {
          Map<String, String> statuses = statuses();
          assertEquals(Set.of("ready"), Set.copyOf(statuses.values()), statuses::toString);
          return System.nanoTime() >= end;
        });
  }

  private static List<Running> of(String name) throws IOException, InterruptedException {
    return cluster.ps().stream().filter(one -> one.name().equals(name)).toList();
  }

  private static Map<String, String> statuses() throws IOException, InterruptedException {
    Map<String, String> statuses = new HashMap<>();
    cluster
        .api()
        .get("/v1/nodes?stale")
        .forEach(node -> statuses.put(node.path("ID").asText(), node.path("Status").asText()));
    return statuses;
  }

  /**
   * The agent's replica number by the id of its node: the first node has the bare name, the others
   * end with it.
   */
  private static Map<String, Integer> agentOfNode() throws IOException, InterruptedException {
    Map<String, Integer> agents = new HashMap<>();
    for (JsonNode node : cluster.api().get("/v1/nodes")) {
      String[] name = node.path("Name").asText().split("-", 2);
      agents.put(node.path("ID").asText(), name.length == 1 ? 0 : Integer.parseInt(name[1]));
    }
    return agents;
  }

  private static void signal(String signal, long pid) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor());
  }
}
