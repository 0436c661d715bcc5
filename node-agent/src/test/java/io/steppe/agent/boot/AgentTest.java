package io.steppe.agent.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.TaskLifecycle;
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

  private static List<String> types(Allocation report, String task) {
    return report.getTaskStatesOrThrow(task).getEventsList().stream()
        .map(TaskEvent::getType)
        .toList();
  }

  private Path root(Allocation allocation) {
    return data.resolve("allocs").resolve(allocation.getId());
  }

  @Test
  void tellsTheMachineAsItIs() {
    var node = control.awaitNode();
    var attributes = node.getAttributesMap();
    for (String key :
        List.of(
            "cpu.arch",
            "cpu.frequency",
            "cpu.modelname",
            "cpu.numcores",
            "cpu.totalcompute",
            "cpu.usablecompute",
            "cpu.reservablecores",
            "kernel.name",
            "kernel.version",
            "kernel.arch",
            "memory.totalbytes",
            "os.name",
            "os.version",
            "os.signals",
            "os.cgroups.version",
            "unique.hostname",
            "unique.network.ip-address",
            "unique.storage.volume",
            "unique.storage.bytestotal",
            "unique.storage.bytesfree",
            "nomad.version",
            "steppe.version",
            "nomad.service_discovery",
            "driver.raw_exec",
            "driver.mock_driver")) {
      assertTrue(attributes.containsKey(key) && !attributes.get(key).isEmpty(), key);
    }
    assertEquals("2.0.5", attributes.get("nomad.version"));
    assertTrue(node.getNodeResources().getCpu().getCpuShares() > 0);
    assertTrue(node.getNodeResources().getMemory().getMemoryMb() > 0);
    assertEquals(24_000, node.getNodeResources().getMinDynamicPort());
    assertEquals(25_999, node.getNodeResources().getMaxDynamicPort());
    assertEquals("127.0.0.1", node.getNodeResources().getNetworks(0).getIp());
    assertTrue(node.getDriversOrThrow("raw_exec").getHealthy());
    assertEquals("r1", node.getMetaOrThrow("rack"));
    assertEquals("shelf-7", node.getLinksOrThrow("inventory"));
    assertTrue(node.getHostVolumesOrThrow("fixed").getReadOnly());
    assertTrue(node.getHostVolumesOrThrow("shared").getPath().endsWith("/volume"));
  }

  @Test
  void killsAfterTheTimeoutWithAllItStarted() throws Exception {
    Allocation allocation =
        Jobs.allocation(
                "service",
                Jobs.shell(
                        "deaf",
                        "trap '' INT; sleep 1000 & echo $! > local/child; while :; do sleep 0.1; done")
                    .setKillTimeout(300_000_000L))
            .build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    Path child = root(allocation).resolve("deaf/local/child");
    Eventually.holds("it runs", () -> Files.exists(child) && !Files.readString(child).isBlank());

    control.stop(allocation);

    Allocation report = control.awaitStatus(allocation.getId(), "complete");
    TaskEvent terminated = report.getTaskStatesOrThrow("deaf").getEvents(4);
    assertEquals("Exit Code: 137, Signal: 9", terminated.getDisplayMessage());
    assertEquals(
        "Sent interrupt. Waiting 300ms before force killing",
        report.getTaskStatesOrThrow("deaf").getEvents(3).getDisplayMessage());
    long pid = Long.parseLong(Files.readString(child).strip());
    Eventually.holds(
        "its child is gone", () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void runsHooksAroundTheMainTaskAndRestartsIt() throws Exception {
    var init =
        Jobs.shell("init", "echo init >> $NOMAD_ALLOC_DIR/data/order")
            .setLifecycle(TaskLifecycle.newBuilder().setHook("prestart"));
    var side =
        Jobs.shell("side", "echo side >> $NOMAD_ALLOC_DIR/data/side; exec sleep 1000")
            .setLifecycle(TaskLifecycle.newBuilder().setHook("prestart").setSidecar(true));
    var main =
        Jobs.shell(
            "main",
            "echo main >> $NOMAD_ALLOC_DIR/data/order; [ -e local/second ] && exit 0; : > local/second; exit 4");
    var last =
        Jobs.shell("last", "echo last >> $NOMAD_ALLOC_DIR/data/order")
            .setLifecycle(TaskLifecycle.newBuilder().setHook("poststop"));
    Allocation allocation =
        Jobs.allocation("batch", Jobs.restarts(2, 60_000, 50, "fail"), main, last, init, side)
            .build();
    control.send(allocation);

    Allocation report = control.awaitStatus(allocation.getId(), "complete");

    assertEquals(
        "init\nmain\nmain\nlast\n", Files.readString(root(allocation).resolve("alloc/data/order")));
    TaskState state = report.getTaskStatesOrThrow("main");
    assertEquals(1, state.getRestarts());
    assertEquals(
        List.of(
            "Received",
            "Task Setup",
            "Started",
            "Terminated",
            "Restarting",
            "Started",
            "Terminated"),
        types(report, "main"));
    assertTrue(
        state
            .getEvents(4)
            .getDisplayMessage()
            .matches("Task restarting in (5|6[0-2])\\d?\\.?\\d*ms"),
        state.getEvents(4).getDisplayMessage());
    assertTrue(types(report, "side").contains("Main Tasks Dead"));
  }

  @Test
  void aCommandThatIsNotThereFailsTheTask() {
    Allocation allocation =
        Jobs.allocation(
                "batch",
                Jobs.shell("work", "")
                    .setConfig(
                        com.google.protobuf.ByteString.copyFromUtf8(
                            "{\"command\":\"no-such-command\"}")))
            .build();
    control.send(allocation);

    Allocation report = control.awaitStatus(allocation.getId(), "failed");

    assertEquals(
        List.of("Received", "Task Setup", "Driver Failure", "Not Restarting"),
        types(report, "work"));
    assertTrue(
        report
            .getTaskStatesOrThrow("work")
            .getEvents(2)
            .getDisplayMessage()
            .startsWith("failed to launch command"));
  }

  @Test
  void unknownDriversAndHostileTaskNamesFail() {
    Allocation driver =
        Jobs.allocation("batch", Jobs.shell("work", "true").setDriver("docker")).build();
    Allocation name = Jobs.allocation("batch", Jobs.shell("../../escape", "true")).build();
    control.send(driver);
    control.send(name);

    control.awaitStatus(driver.getId(), "failed");
    Allocation report = control.awaitStatus(name.getId(), "failed");
    assertTrue(types(report, "../../escape").contains("Setup Failure"));
    assertTrue(Files.notExists(data.resolve("escape")));
  }

  @Test
  void theMockDriverDoesAsItIsTold() throws Exception {
    Allocation fails =
        Jobs.allocation(
                "batch",
                Jobs.mock(
                    "m",
                    "{\"run_for\":\"50ms\",\"exit_code\":3,\"stdout_string\":\"hey\",\"stdout_repeat\":2}"))
            .build();
    Allocation unstartable =
        Jobs.allocation("batch", Jobs.mock("m", "{\"start_error\":\"nope\"}")).build();
    Allocation slow =
        Jobs.allocation("service", Jobs.mock("m", "{\"run_for\":\"1h\",\"kill_after\":\"20ms\"}"))
            .build();
    control.send(fails);
    control.send(unstartable);
    control.send(slow);

    assertEquals(
        "Exit Code: 3",
        control
            .awaitStatus(fails.getId(), "failed")
            .getTaskStatesOrThrow("m")
            .getEvents(3)
            .getDisplayMessage());
    assertEquals(
        "nope",
        control
            .awaitStatus(unstartable.getId(), "failed")
            .getTaskStatesOrThrow("m")
            .getEvents(2)
            .getDisplayMessage());
    control.awaitStatus(slow.getId(), "running");
    control.stop(slow);
    control.awaitStatus(slow.getId(), "complete");
    Path log = root(fails).resolve("alloc/logs/m.stdout.0");
    assertTrue(Files.readString(log).startsWith("hey"));
  }

  @Test
  void whatTheControlPlaneForgetsIsStoppedAndRemoved() throws Exception {
    Allocation told = Jobs.allocation("service", Jobs.shell("web", "exec sleep 1000")).build();
    control.send(told);
    control.awaitStatus(told.getId(), "running");

    control.forget(told.getId(), true);

    Eventually.holds(
        "its folder is gone",
        () ->
            Files.notExists(root(told))
                && Files.notExists(data.resolve("state").resolve(told.getId())));
  }

  @Test
  void keepsTheFoldersOfTheNewestFinishedOnly() throws Exception {
    java.util.List<Allocation> all = new java.util.ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Allocation one = Jobs.allocation("batch", Jobs.shell("work", "true")).build();
      control.send(one);
      control.awaitStatus(one.getId(), "complete");
      all.add(one);
    }
    Eventually.holds(
        "three are left", () -> all.stream().filter(one -> Files.exists(root(one))).count() == 3);
    assertTrue(Files.exists(root(all.getLast())));
  }

  @Test
  void whatIsNotAcknowledgedIsSentAgain() throws Exception {
    control.acknowledge(false);
    Allocation allocation = Jobs.allocation("batch", Jobs.shell("work", "true")).build();
    control.send(allocation);
    control.awaitReport(allocation.getId(), report -> true);
    int port = control.port();
    control.close();
    try (ControlPlane next = new ControlPlane(port)) {
      next.send(allocation);
      next.awaitStatus(allocation.getId(), "complete");
      next.awaitHeartbeats(1);
    }
    control = new ControlPlane(port);
  }

  @Test
  void aRefusedNodeTriesAgainAndKeepsItsTasks() throws Exception {
    Allocation allocation =
        Jobs.allocation("service", Jobs.shell("web", "exec sleep 1000")).build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    int port = control.port();
    control.close();
    try (ControlPlane other = new ControlPlane(port)) {
      other.expectSecret("another");
      other.awaitRegistrations(2);
      assertEquals(
          "running",
          agent.allocations().find(allocation.getId()).orElseThrow().report().getClientStatus());
    }
    control = new ControlPlane(port);
  }

  @Test
  void aRefusedNodeTriesAgainAtOnceWithAnotherIntroduction(@TempDir Path folder) throws Exception {
    try (ControlPlane strict = new ControlPlane(0)) {
      strict.expectSecret("another");
      Agent refused =
          new Agent(
              TestAgent.settings(
                  folder, strict.port(), java.time.Duration.ZERO, java.time.Duration.ofHours(1)));
      refused.start();
      try {
        strict.awaitRegistrations(1);
        Files.writeString(folder.resolve("intro_token.jwt"), "a token\n");
        strict.awaitRegistrations(2);
      } finally {
        refused.close();
      }
    }
  }

  @Test
  void tasksThatEndWithTheAgentBeginAnewWithTheNext() throws Exception {
    Allocation allocation =
        Jobs.allocation("service", Jobs.shell("web", "echo run; exec sleep 1000")).build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    Path pid = data.resolve("state").resolve(allocation.getId()).resolve("tasks/web/pid.1");
    long leader = Long.parseLong(Files.readString(pid).split(" ")[0]);
    agent.close();
    Agent stopping =
        new Agent(TestAgent.settings(data, control.port(), java.time.Duration.ofSeconds(10)));
    stopping.close();
    assertTrue(ProcessHandle.of(leader).filter(ProcessHandle::isAlive).isEmpty());

    agent = TestAgent.start(data, control.port());

    Allocation report =
        control.awaitReport(
            allocation.getId(),
            one -> types(one, "web").stream().filter("Started"::equals).count() == 2);
    assertEquals(0, report.getTaskStatesOrThrow("web").getRestarts());
    Path log = root(allocation).resolve("alloc/logs/web.stdout.0");
    Eventually.holds("both runs wrote", () -> Files.readString(log).equals("run\nrun\n"));
  }

  @Test
  void twoAgentsDontShareAFolder() {
    var refused =
        org.junit.jupiter.api.Assertions.assertThrows(
            java.io.IOException.class, () -> TestAgent.start(data, control.port()));
    assertTrue(refused.getMessage().startsWith("another agent uses "));
  }

  @Test
  void runsAsTheUserAndWhereItIsTold() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(System.getProperty("user.name").equals("root"));
    Files.setPosixFilePermissions(
        data, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    Allocation allocation =
        Jobs.allocation(
                "batch",
                Jobs.shell(
                        "work", "id -un > $NOMAD_ALLOC_DIR/data/who; ls $NOMAD_SECRETS_DIR && pwd")
                    .setUser("nobody"))
            .build();
    Allocation nobody =
        Jobs.allocation("batch", Jobs.shell("work", "true").setUser("no-such-user")).build();
    control.send(allocation);
    control.send(nobody);

    assertEquals(
        "failed to launch command: unknown user no-such-user",
        control
            .awaitStatus(nobody.getId(), "failed")
            .getTaskStatesOrThrow("work")
            .getEvents(2)
            .getDisplayMessage());
    Allocation report =
        control.awaitReport(
            allocation.getId(), one -> one.getTaskStatesOrThrow("work").getState().equals("dead"));
    assertEquals(
        "nobody\n",
        Files.readString(root(allocation).resolve("alloc/data/who")),
        report.toString());
  }
}
