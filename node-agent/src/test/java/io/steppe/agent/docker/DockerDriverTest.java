package io.steppe.agent.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.AgentProcessHandle;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Eventually;
import io.steppe.agent.boot.Jobs;
import io.steppe.agent.boot.TestAgent;
import io.steppe.agent.driver.DriverFingerprint;
import io.steppe.agent.driver.ExecPlace;
import io.steppe.agent.driver.RunningTask;
import io.steppe.agent.stats.AllocUsage;
import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.task.Json;
import io.steppe.proto.v1.AllocatedMemoryResources;
import io.steppe.proto.v1.AllocatedTaskResources;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.TaskState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers of a real engine, Podman in Docker's place. */
class DockerDriverTest {
  @TempDir static Path folder;

  private static Podman podman;

  @TempDir Path data;

  private ControlPlane control;
  private Agent agent;

  @BeforeAll
  static void beginEngine() throws Exception {
    podman = new Podman(folder);
  }

  @AfterAll
  static void endEngine() throws Exception {
    if (podman != null) {
      podman.close();
    }
  }

  @BeforeEach
  void begin() throws Exception {
    control = new ControlPlane(0);
    Files.createSymbolicLink(data.resolve("docker.sock"), podman.socket());
    agent = TestAgent.start(data, control.port());
    control.awaitRegistrations(1);
  }

  @AfterEach
  void end() throws Exception {
    agent.allocations().interruptAll(Duration.ofSeconds(10));
    agent.close();
    control.close();
  }

  @Test
  void theEngineIsDetectedWhileItAnswers() throws Exception {
    DriverInfo docker = agent.node().getDriversOrThrow("docker");
    assertTrue(docker.getHealthy(), docker.getHealthDescription());
    assertFalse(docker.getAttributesOrThrow("driver.docker.version").isEmpty());
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        DockerDriver none =
            new DockerDriver(DockerSettings.defaults(), "none", Runnable::run, timer)) {
      if (!Files.exists(DockerSettings.defaults().socket())) {
        assertEquals(
            DriverFingerprint.undetected("Failed to connect to docker daemon"), none.fingerprint());
      }
    }
  }

  @Test
  void aContainerSeesItsFoldersAndItsEndIsTold() throws Exception {
    String script =
        "echo $NOMAD_ALLOC_DIR $NOMAD_TASK_DIR $NOMAD_SECRETS_DIR; echo kept >/alloc/data/file;"
            + " echo own >/local/file; ls -d /secrets; pwd; echo oops >&2; echo -n rest; exit 3";
    Allocation allocation =
        send(container("work", script, Map.of("work_dir", "/tmp", "labels", Map.of("a", "b"))));
    TaskState state =
        control.awaitStatus(allocation.getId(), "failed").getTaskStatesOrThrow("work");

    TaskEvent end = event(state, "Terminated");
    assertEquals(3, end.getExitCode());
    assertEquals(
        "Exit Code: 3, Exit Message: \"Docker container exited with non-zero exit code: 3\"",
        end.getDisplayMessage());
    assertEquals("/alloc /local /secrets\n/secrets\n/tmp\nrest", log(allocation, "stdout"));
    assertEquals("oops\n", log(allocation, "stderr"));
    assertEquals("kept\n", Files.readString(root(allocation).resolve("alloc/data/file")));
    assertEquals("own\n", Files.readString(root(allocation).resolve("work/local/file")));
  }

  @Test
  void anAgentKilledInTheMiddleLosesAndDoublesNoByte() throws Exception {
    String script =
        "trap 'echo bye; exit 4' TERM; i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done";
    Allocation allocation = Jobs.allocation("service", container("work", script, Map.of())).build();
    agent.close();
    for (int round = 0; round < 3; round++) {
      try (var one = new AgentProcessHandle(data, control.port())) {
        if (round == 0) {
          control.send(allocation);
        }
        control.awaitRegistrations(round + 2);
        String sofar = log(allocation, "stdout");
        Eventually.holds(
            "it writes on", () -> log(allocation, "stdout").length() > sofar.length() + 300);
        one.kill();
      }
    }
    agent = TestAgent.start(data, control.port());
    control.awaitRegistrations(5);
    control.stop(allocation);
    TaskState state =
        control.awaitStatus(allocation.getId(), "complete").getTaskStatesOrThrow("work");
    assertEquals(4, event(state, "Terminated").getExitCode());
    assertEquals(0, state.getRestarts());
    List<String> lines = log(allocation, "stdout").lines().toList();
    assertEquals("bye", lines.getLast());
    for (int i = 0; i < lines.size() - 1; i++) {
      assertEquals(String.valueOf(i + 1), lines.get(i));
    }
  }

  @Test
  void anImageThatCantBeHadIsTold() throws Exception {
    Allocation allocation = send(container("work", "true", Map.of("image", "localhost:1/none:1")));
    TaskState state =
        control.awaitStatus(allocation.getId(), "failed").getTaskStatesOrThrow("work");
    assertEquals("Downloading image", event(state, "Driver").getDriverMessage());
    String error = event(state, "Driver Failure").getDriverError();
    assertTrue(error.startsWith("Failed to pull `localhost:1/none:1`: "), error);
  }

  @Test
  void whatTheAgentForbidsIsToldBeforeAnythingRuns() throws Exception {
    Map<Map<String, Object>, String> refused =
        Map.of(
            Map.of("privileged", true),
            "Docker privileged mode is disabled on this Nomad agent",
            Map.of("volumes", List.of("/etc:/host")),
            "volumes are not enabled; cannot mount host paths",
            Map.of("volumes", List.of("../../../etc:/host")),
            "volumes are not enabled; cannot mount host paths",
            Map.of("cap_add", List.of("sys_admin")),
            "driver does not allow the following capabilities: sys_admin",
            Map.of("ports", List.of("http")),
            "Port \"http\" not found, check network block",
            Map.of("image", ""),
            "image name required for docker driver");
    for (Map.Entry<Map<String, Object>, String> each : refused.entrySet()) {
      Allocation allocation = send(container("work", "true", each.getKey()));
      TaskState state =
          control.awaitStatus(allocation.getId(), "failed").getTaskStatesOrThrow("work");
      String error = event(state, "Driver Failure").getDriverError();
      assertTrue(error.startsWith(each.getValue()), error);
    }
  }

  @Test
  void statisticsAndCommandsReachTheContainer() throws Exception {
    Allocation.Builder allocation =
        Jobs.allocation(
            "batch", container("work", "echo here >/tmp/mark; while :; do :; done", Map.of()));
    allocation
        .getAllocatedResourcesBuilder()
        .putTasks(
            "work",
            AllocatedTaskResources.newBuilder()
                .setMemory(AllocatedMemoryResources.newBuilder().setMemoryMb(64))
                .build());
    control.send(allocation.build());
    control.awaitStatus(allocation.getId(), "running");
    var runner = agent.allocations().find(allocation.getId()).orElseThrow();
    var usages = new AllocUsage(InstantSource.system(), 2_000);
    usages.of(runner, "");
    long pid = pid(allocation.getId());
    long since = System.nanoTime();
    long before = nanos(pid);
    Eventually.holds(
        "the container uses its processor",
        () -> nanos(pid) - before > 500_000_000 && System.nanoTime() - since > 1_000_000_000);
    var usage = usages.of(runner, "").getResourceUsage();
    double expected = 100.0 * (nanos(pid) - before) / (System.nanoTime() - since);
    assertEquals(expected, usage.getCpuStats().getPercent(), expected / 10);
    assertTrue(usage.getMemoryStats().getUsage() > 0, usage.toString());

    RunningTask task = runner.running().get().get("work");
    var place = (ExecPlace.OfEngine) task.driver().execIn(task.run());
    List<String> command =
        List.of("/bin/sh", "-c", "cat /tmp/mark; read x; echo got $x; echo oops >&2; exit 6");
    try (var process = place.engine().start(command, false)) {
      process.input("input\n".getBytes(StandardCharsets.UTF_8));
      var out = new StringBuilder();
      var err = new StringBuilder();
      process.output(
          new ExecPlace.OutputReceiver() {
            @Override
            public void stdout(byte[] bytes) {
              out.append(new String(bytes, StandardCharsets.UTF_8));
            }

            @Override
            public void stderr(byte[] bytes) {
              err.append(new String(bytes, StandardCharsets.UTF_8));
            }
          });
      assertEquals("here\ngot input\n", out.toString());
      assertEquals("oops\n", err.toString());
      assertEquals(6, process.exitCode());
    }
  }

  @Test
  void containersOfForgottenRunsAreRemoved() throws Exception {
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        Engine engine = new Engine(podman.socket(), timer)) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("Image", Podman.IMAGE);
      body.put("Cmd", List.of("/bin/sleep", "1000"));
      body.put("Labels", Map.of(ContainerSpec.NODE, "forgetful", ContainerSpec.RUN, "1"));
      String id = engine.create("forgotten", body);
      engine.start(id);
      var settings = new DockerSettings(podman.socket(), false, false, Set.of(), 100);
      try (var driver = new DockerDriver(settings, "forgetful", Runnable::run, timer)) {
        driver.removeOrphans();
        assertTrue(engine.inspect(id).isPresent());
        driver.removeOrphans();
        assertTrue(engine.inspect(id).isEmpty());
      }
    }
  }

  /** The container's first process, as the engine tells. */
  private static long pid(String allocation) throws IOException {
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        Engine engine = new Engine(podman.socket(), timer)) {
      return engine.inspect("work-" + allocation).orElseThrow().pid();
    }
  }

  /** Its processor time, as the kernel tells. */
  private static long nanos(long pid) {
    ProcStat now = ProcStat.of(pid).orElseThrow();
    return (now.userTicks() + now.systemTicks()) * ProcStat.TICK_NANOS;
  }

  private static Task.Builder container(String name, String script, Map<String, Object> more) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("image", Podman.IMAGE);
    config.put("command", "/bin/sh");
    config.put("args", new ArrayList<>(List.of("-c", script)));
    config.put("network_mode", "host");
    config.putAll(more);
    return Jobs.mock(name, new String(Json.bytes(config), StandardCharsets.UTF_8))
        .setDriver("docker");
  }

  private Allocation send(Task.Builder task) {
    Allocation allocation = Jobs.allocation("batch", task).build();
    control.send(allocation);
    return allocation;
  }

  private static TaskEvent event(TaskState state, String type) {
    return state.getEventsList().stream()
        .filter(event -> event.getType().equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError(type + " is not in " + state));
  }

  private Path root(Allocation allocation) {
    return data.resolve("allocs").resolve(allocation.getId());
  }

  private String log(Allocation allocation, String type) throws IOException {
    Path file = root(allocation).resolve("alloc/logs/work." + type + ".0");
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
