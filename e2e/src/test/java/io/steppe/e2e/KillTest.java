package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.steppe.e2e.LocalCluster.Running;
import io.steppe.e2e.RecordedWrites.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Every process but the tasks killed with -9, one at a time, all at once, and the whole cluster
 * stopped and started, while a task writes and jobs are registered: everything is answered again
 * within 15 s (longer where starting takes long), nothing acknowledged is lost, no task is
 * restarted by a kill, no byte of its output is missing. Alone on the machine, for what it bounds.
 */
@Isolated
class KillTest {
  private static final Duration ANSWERED_AGAIN = Duration.ofSeconds(15);
  private static final String COUNTER = "i=1; while :; do echo $i; i=$((i + 1)); sleep 0.05; done";

  private static LocalCluster cluster;
  private Api api;

  @BeforeAll
  static void start() throws Exception {
    cluster = LocalCluster.start("--agents", "2", "--name", "kill");
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void use() {
    api = cluster.api();
  }

  @Test
  void survivesTheDeathOfEveryProcessOneAtATime() throws Exception {
    List<Counter> counters = startCounters("one");
    Random random = new Random(7);
    List<Running> victims = new ArrayList<>(cluster.ps());
    java.util.Collections.shuffle(victims, random);
    try (RecordedWrites writes = new RecordedWrites(api, "written-one-")) {
      for (Running victim : victims) {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
        currentPid(victim).kill();
        awaitAllAnswered(victim, writes);
      }
      requireNothingLost(counters, writes);
    }
    stopCounters(counters);
  }

  @Test
  void survivesTheDeathOfAllAtOnce() throws Exception {
    List<Counter> counters = startCounters("all");
    try (RecordedWrites writes = new RecordedWrites(api, "written-all-")) {
      Wait.untilTrue(
          Duration.ofSeconds(20), "some writes", () -> writes.acknowledged().size() > 20);
      Events before = history();
      cluster.ps().forEach(Running::kill);
      awaitAllAnswered(null, writes);
      requireNothingLost(counters, writes);
      Events after = history();
      assertEquals(
          before.lines(),
          after.lines().subList(0, before.lines().size()),
          "the history is the same");
    }
    stopCounters(counters);
  }

  @Test
  void keepsNodesJobsAllocationsAndEventsOverDownAndUp() throws Exception {
    api.register(Api.shellJob("kept", "batch", 1, "echo kept"));
    Wait.until(
        Duration.ofSeconds(30),
        "kept is dead",
        () -> api.get("/v1/job/kept"),
        j -> j.path("Status").asText().equals("dead"));
    Set<String> nodes = api.readyNodes();
    JsonNode job = api.get("/v1/job/kept");
    String allocation = api.allocations("kept").getFirst().path("ID").asText();
    Events before = history();
    List<Counter> counters = startCounters("down");
    cluster.down();
    for (Counter counter : counters) {
      assertFalse(
          ProcessHandle.of(counter.pid()).map(ProcessHandle::isAlive).orElse(false),
          "down stops tasks");
    }
    cluster.up("--agents", "2", "--name", "kill");
    assertEquals(nodes, api.readyNodes());
    assertEquals(job, api.get("/v1/job/kept"));
    assertEquals(allocation, api.allocations("kept").getFirst().path("ID").asText());
    assertEquals("kept\n", api.stdout(allocation, "main"));
    assertEquals(before.lines(), history().lines().subList(0, before.lines().size()));
    api.awaitRunning("counter-down", 2, Duration.ofSeconds(30));
    api.stopJob("counter-down");
  }

  /** A running task that counts; its allocation, its process, when it started. */
  private record Counter(String job, String allocation, long pid, String startedAt) {}

  private List<Counter> startCounters(String name) throws Exception {
    String job = "counter-" + name;
    api.register(Api.shellJob(job, "service", 2, "echo pid $$; " + COUNTER));
    List<Counter> counters = new ArrayList<>();
    for (JsonNode stub : api.awaitRunning(job, 2, Duration.ofSeconds(20))) {
      String id = stub.path("ID").asText();
      String first =
          Wait.until(
              Duration.ofSeconds(10),
              "output of " + id,
              () -> api.stdout(id, "main"),
              text -> text.contains("\n3\n"));
      long pid = Long.parseLong(first.substring(4, first.indexOf('\n')));
      counters.add(new Counter(job, id, pid, startedAt(id)));
    }
    return counters;
  }

  private void stopCounters(List<Counter> counters) throws Exception {
    api.stopJob(counters.getFirst().job());
    api.awaitOver(counters.getFirst().job(), Duration.ofSeconds(30));
  }

  private String startedAt(String allocation) throws Exception {
    return api.get("/v1/allocation/" + allocation)
        .path("TaskStates")
        .path("main")
        .path("StartedAt")
        .asText();
  }

  private static Running currentPid(Running victim) throws Exception {
    return Wait.until(
            cluster.within(ANSWERED_AGAIN),
            victim.name() + " runs",
            () ->
                cluster.ps().stream()
                    .filter(r -> r.name().equals(victim.name()) && r.replica() == victim.replica())
                    .toList(),
            list -> !list.isEmpty())
        .getFirst();
  }

  /** Reads, writes, logs and the nodes all work again, soon. */
  private void awaitAllAnswered(Running victim, RecordedWrites writes) throws Exception {
    String what = victim == null ? "all processes" : victim.name() + "-" + victim.replica();
    int written = writes.acknowledged().size();
    long began = System.nanoTime();
    Wait.untilTrue(
        cluster.within(ANSWERED_AGAIN),
        "writes after the death of " + what,
        () -> writes.acknowledged().size() > written + 1);
    Wait.untilTrue(
        left(began), "nodes ready after the death of " + what, () -> api.readyNodes().size() == 2);
    Wait.untilTrue(
        left(began),
        "reads after the death of " + what,
        () -> api.send("GET", "/v1/jobs", null).status() == 200);
    if (victim != null && !victim.name().equals("launcher")) {
      Wait.untilTrue(
          left(began),
          "a line about the death of " + what,
          () ->
              cluster.lines().stream()
                  .anyMatch(l -> l.startsWith(what + " (pid ") && l.contains(" died")));
    }
  }

  private static Duration left(long began) {
    return cluster.within(ANSWERED_AGAIN).minusNanos(System.nanoTime() - began).plusMillis(200);
  }

  private void requireNothingLost(List<Counter> counters, RecordedWrites writes) throws Exception {
    List<Write> acknowledged = writes.acknowledged();
    assertFalse(acknowledged.isEmpty());
    for (Write write : acknowledged) {
      Api.Answer job = api.send("GET", "/v1/job/" + write.job(), null);
      assertEquals(200, job.status(), () -> write + " was acknowledged and is lost: " + job.body());
      assertEquals(write.modifyIndex(), job.json().path("JobModifyIndex").asLong(), write.job());
    }
    Set<Long> indexes = new HashSet<>(acknowledged.stream().map(Write::modifyIndex).toList());
    assertEquals(acknowledged.size(), indexes.size(), "no index was given twice");
    for (Counter counter : counters) {
      assertTrue(
          ProcessHandle.of(counter.pid()).map(ProcessHandle::isAlive).orElse(false),
          "the task runs on");
      String text =
          Wait.until(
              cluster.within(ANSWERED_AGAIN),
              "the log of " + counter,
              () -> api.stdout(counter.allocation(), "main"),
              t -> !t.isEmpty());
      List<String> lines = text.substring(0, text.lastIndexOf('\n')).lines().toList();
      assertEquals("pid " + counter.pid(), lines.getFirst());
      for (int i = 1; i < lines.size(); i++) {
        assertEquals(Integer.toString(i), lines.get(i), "no byte is missing");
      }
      assertEquals(
          counter.startedAt(), startedAt(counter.allocation()), "the task was not restarted");
      assertEquals(
          0,
          api.get("/v1/allocation/" + counter.allocation())
              .path("TaskStates")
              .path("main")
              .path("Restarts")
              .asInt());
    }
    for (JsonNode stub : api.allocations(counters.getFirst().job())) {
      assertEquals("running", stub.path("ClientStatus").asText(), "no allocation was replaced");
    }
  }

  /** Everything up to the newest change. */
  private Events history() throws Exception {
    api.register(
        Api.shellJob("marker", "batch", 1, "true").put("Priority", new Random().nextInt(1, 100)));
    long last = api.get("/v1/job/marker").path("JobModifyIndex").asLong();
    return Events.until(api, "topic=*&index=1", last).requireOrder();
  }
}
