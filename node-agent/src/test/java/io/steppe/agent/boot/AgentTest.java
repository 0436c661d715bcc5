package io.steppe.agent.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.TaskState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentTest {
  @TempDir Path data;

  private ControlPlane control;
  private Agent agent;

  @BeforeEach
  void begin() throws Exception {
    control = new ControlPlane(0);
    agent = TestAgent.start(data, control.port());
    control.awaitRegistrations(1);
  }

  @AfterEach
  void end() throws Exception {
    agent.allocations().interruptAll(java.time.Duration.ofSeconds(10));
    agent.close();
    control.close();
  }

  @Test
  void runsABatchTaskAndTellsHowItEnded() throws Exception {
    Allocation allocation =
        Jobs.allocation("batch", Jobs.shell("work", "echo out; echo oops >&2; exit 3")).build();
    control.send(allocation);

    Allocation report = control.awaitStatus(allocation.getId(), "failed");

    assertEquals("Failed tasks", report.getClientDescription());
    TaskState state = report.getTaskStatesOrThrow("work");
    assertEquals("dead", state.getState());
    assertTrue(state.getFailed());
    assertEquals(
        List.of("Received", "Task Setup", "Started", "Terminated", "Not Restarting"),
        state.getEventsList().stream().map(TaskEvent::getType).toList());
    assertEquals(
        List.of(
            "Task received by client",
            "Building Task Directory",
            "Task started by client",
            "Exit Code: 3",
            "Policy allows no restarts"),
        state.getEventsList().stream().map(TaskEvent::getDisplayMessage).toList());
    Path logs = data.resolve("allocs").resolve(allocation.getId()).resolve("alloc/logs");
    assertEquals("out\n", Files.readString(logs.resolve("work.stdout.0")));
    assertEquals("oops\n", Files.readString(logs.resolve("work.stderr.0")));
  }

  @Test
  void stopsATaskWithItsSignal() throws Exception {
    Allocation allocation =
        Jobs.allocation(
                "service",
                Jobs.shell(
                    "web", "trap 'echo bye; exit 0' INT; echo hi; while :; do sleep 0.05; done"))
            .build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    Path log =
        data.resolve("allocs").resolve(allocation.getId()).resolve("alloc/logs/web.stdout.0");
    Eventually.holds("it runs", () -> Files.exists(log) && Files.readString(log).equals("hi\n"));

    control.stop(allocation);

    Allocation report = control.awaitStatus(allocation.getId(), "complete");
    TaskState state = report.getTaskStatesOrThrow("web");
    assertEquals(
        List.of("Received", "Task Setup", "Started", "Killing", "Terminated", "Killed"),
        state.getEventsList().stream().map(TaskEvent::getType).toList());
    assertEquals(
        "Sent interrupt. Waiting 2s before force killing", state.getEvents(3).getDisplayMessage());
    assertEquals("hi\nbye\n", Files.readString(log));
  }
}
