package io.steppe.agent.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.LogConfig;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.TaskState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent killed with -9 and started again finds its tasks, every byte they wrote and how they
 * ended.
 */
class AdoptionTest {
  @TempDir Path data;

  private ControlPlane control;

  @BeforeEach
  void begin() throws Exception {
    control = new ControlPlane(0);
  }

  @AfterEach
  void end() throws Exception {
    try (Agent last = TestAgent.start(data, control.port())) {
      last.allocations().interruptAll(java.time.Duration.ofSeconds(10));
    }
    control.close();
  }

  @Test
  void findsWhatRunsAndWhatEndedMeanwhile() throws Exception {
    Allocation ends =
        Jobs.allocation(
                "batch",
                Jobs.shell(
                    "work",
                    "echo before; while [ ! -e ../go ]; do sleep 0.02; done; echo after; exit 7"))
            .build();
    Allocation stays =
        Jobs.allocation("service", Jobs.shell("web", "echo up; exec sleep 1000")).build();
    control.send(ends);
    control.send(stays);
    try (var first = new AgentProcessHandle(data, control.port())) {
      control.awaitStatus(ends.getId(), "running");
      control.awaitStatus(stays.getId(), "running");
      first.kill();
    }
    Files.createFile(root(ends).resolve("go"));
    Path exit = data.resolve("state").resolve(ends.getId()).resolve("tasks/work/exit.1");
    Eventually.holds("the task ends by itself", () -> Files.exists(exit));

    try (var second = new AgentProcessHandle(data, control.port())) {
      TaskState state = control.awaitStatus(ends.getId(), "failed").getTaskStatesOrThrow("work");
      assertEquals(
          List.of("Received", "Task Setup", "Started", "Terminated", "Not Restarting"),
          state.getEventsList().stream().map(TaskEvent::getType).toList());
      assertEquals(7, state.getEvents(3).getExitCode());
      assertEquals(
          "before\nafter\n", Files.readString(root(ends).resolve("alloc/logs/work.stdout.0")));

      control.stop(stays);
      TaskState web = control.awaitStatus(stays.getId(), "complete").getTaskStatesOrThrow("web");
      assertEquals(
          List.of("Received", "Task Setup", "Started", "Killing", "Terminated", "Killed"),
          web.getEventsList().stream().map(TaskEvent::getType).toList());
      assertEquals(0, web.getRestarts());
    }
  }

  @Test
  void losesAndDoublesNoByteHoweverOftenItIsKilled() throws Exception {
    int lines = 120_000;
    String script =
        "i=0; while [ $i -lt "
            + lines
            + " ]; do echo \"line $i of the output of a task that does not stop to write\"; i=$((i+1)); "
            + "[ $((i % 2000)) -ne 0 ] || sleep 0.05; done; exit 5";
    Allocation allocation =
        Jobs.allocation(
                "batch",
                Jobs.shell("work", script)
                    .setLogConfig(LogConfig.newBuilder().setMaxFiles(50).setMaxFileSizeMb(1)))
            .build();
    control.send(allocation);
    Random random = new Random(7);
    for (int round = 1; round <= 4; round++) {
      try (var agent = new AgentProcessHandle(data, control.port())) {
        control.awaitRegistrations(round);
        control.awaitReport(
            allocation.getId(), report -> !report.getClientStatus().equals("pending"));
        // The moment is the copy's own: killed after it moved on by some bytes.
        long enough = copied(allocation) + random.nextInt(600_000);
        Eventually.holds(
            "the copy goes on", () -> copied(allocation) >= enough || over(allocation));
        agent.kill();
      }
    }
    try (var agent = new AgentProcessHandle(data, control.port())) {
      Allocation report = control.awaitStatus(allocation.getId(), "failed");
      assertEquals(0, report.getTaskStatesOrThrow("work").getRestarts());
      assertTrue(
          report.getTaskStatesOrThrow("work").getEventsList().stream()
              .anyMatch(event -> event.getExitCode() == 5));
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      for (int i = 0; i < lines; i++) {
        expected.writeBytes(
            ("line " + i + " of the output of a task that does not stop to write\n")
                .getBytes(StandardCharsets.UTF_8));
      }
      assertArrayEquals(expected.toByteArray(), log(allocation));
    }
  }

  private boolean over(Allocation allocation) {
    return Files.exists(
        data.resolve("state").resolve(allocation.getId()).resolve("tasks/work/exit.1"));
  }

  private Path root(Allocation allocation) {
    return data.resolve("allocs").resolve(allocation.getId());
  }

  private long copied(Allocation allocation) throws IOException {
    long all = 0;
    for (int i = 0; Files.exists(file(allocation, i)); i++) {
      all += Files.size(file(allocation, i));
    }
    return all;
  }

  private byte[] log(Allocation allocation) throws IOException {
    var all = new ByteArrayOutputStream();
    for (int i = 0; Files.exists(file(allocation, i)); i++) {
      all.writeBytes(Files.readAllBytes(file(allocation, i)));
    }
    return all.toByteArray();
  }

  private Path file(Allocation allocation, int index) {
    return root(allocation).resolve("alloc/logs/work.stdout." + index);
  }
}
