package io.steppe.agent.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.AgentProcessHandle;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Eventually;
import io.steppe.agent.boot.Jobs;
import io.steppe.agent.boot.TestAgent;
import io.steppe.agent.cgroup.Cgroups;
import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.task.DriverConfig;
import io.steppe.agent.task.TaskFolders;
import io.steppe.proto.v1.AllocatedMemoryResources;
import io.steppe.proto.v1.AllocatedTaskResources;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.TaskState;
import io.steppe.proto.v1.VolumeMount;
import io.steppe.proto.v1.VolumeRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks in namespaces, groups and a root of their own; skipped where the machine forbids it. */
class ExecTest {
  @TempDir Path data;

  private ControlPlane control;
  private Agent agent;

  @BeforeEach
  void begin() throws Exception {
    control = new ControlPlane(0);
    agent = TestAgent.start(data, control.port());
    control.awaitRegistrations(1);
    DriverInfo exec = agent.node().getDriversOrThrow("exec");
    assumeTrue(exec.getDetected(), () -> "skipped: " + exec.getHealthDescription());
  }

  @AfterEach
  void end() throws Exception {
    agent.allocations().interruptAll(Duration.ofSeconds(10));
    agent.close();
    control.close();
  }

  @Test
  void aTaskSeesItsOwnRootItsOwnProcessesAndIsNobody() throws Exception {
    String script =
        """
        id -u; echo $NOMAD_ALLOC_DIR $NOMAD_TASK_DIR $NOMAD_SECRETS_DIR; pwd
        echo kept >/alloc/data/file; echo own >/local/file; cat /secrets/* 2>/dev/null; ls -d /secrets/.
        touch /usr/x 2>/dev/null && echo usr is writable
        [ $(ls /proc | grep -c '^[0-9]') -lt 8 ] && echo alone
        ls -d /home 2>/dev/null; echo x >/dev/null && echo null; grep CapBnd /proc/self/status
        kill -0 1 2>/dev/null && echo may signal 1
        exit 3
        """;
    Allocation allocation = batch(Jobs.shell("exec", "work", script, "\"cap_drop\":[\"all\"]"));
    TaskState state =
        control.awaitStatus(allocation.getId(), "failed").getTaskStatesOrThrow("work");

    assertEquals(List.of(3), exitCodes(state));
    assertEquals(
        """
        65534
        /alloc /local /secrets
        /
        /secrets/.
        alone
        null
        CapBnd:\t0000000000000000
        """,
        log(allocation, "stdout"));
    assertEquals("kept\n", Files.readString(root(allocation).resolve("alloc/data/file")));
    assertEquals("own\n", Files.readString(root(allocation).resolve("work/local/file")));
    try (Stream<Path> inBin = Files.list(root(allocation).resolve("work/bin"))) {
      assertEquals(0, inBin.count(), "the machine's folders are seen by the task alone");
    }
  }

  @Test
  void volumesOfTheNodeAreWhereTheTaskWantsThem() throws Exception {
    Path volume = data.resolve("volume");
    Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(volume.resolve("seed"), "from the node\n");
    Task.Builder task =
        Jobs.shell(
            "exec",
            "work",
            "cat /srv/fixed/seed; echo from the task >/srv/shared/grown;"
                + " touch /srv/fixed/x 2>/dev/null || echo fixed",
            "");
    task.addVolumeMounts(VolumeMount.newBuilder().setVolume("a").setDestination("/srv/shared"));
    task.addVolumeMounts(VolumeMount.newBuilder().setVolume("b").setDestination("srv/fixed"));
    Allocation.Builder allocation = Jobs.allocation("batch", task);
    allocation
        .getJobBuilder()
        .getTaskGroupsBuilder(0)
        .putVolumes("a", volume("shared", false))
        .putVolumes("b", volume("fixed", true));
    control.send(allocation.build());
    control.awaitStatus(allocation.getId(), "complete");

    assertEquals("from the node\nfixed\n", log(allocation.build(), "stdout"));
    assertEquals("from the task\n", Files.readString(volume.resolve("grown")));
  }

  private static VolumeRequest volume(String source, boolean readOnly) {
    return VolumeRequest.newBuilder()
        .setType("host")
        .setSource(source)
        .setReadOnly(readOnly)
        .build();
  }

  @Test
  void moreMemoryThanReservedEndsTheTask() throws Exception {
    Task.Builder task =
        Jobs.shell(
            "exec", "work", "exec dd if=/dev/zero of=/dev/null bs=96M count=1 2>/dev/null", "");
    Allocation.Builder allocation = Jobs.allocation("batch", task);
    allocation
        .getAllocatedResourcesBuilder()
        .putTasks(
            "work",
            AllocatedTaskResources.newBuilder()
                .setMemory(AllocatedMemoryResources.newBuilder().setMemoryMb(32))
                .build());
    control.send(allocation.build());

    TaskState state =
        control.awaitStatus(allocation.getId(), "failed").getTaskStatesOrThrow("work");
    TaskEvent end = event(state, "Terminated");
    assertEquals("true", end.getDetailsOrThrow("oom_killed"));
    assertEquals(137, end.getExitCode());
    assertEquals("OOM Killed", end.getMessage());
  }

  @Test
  void whatATaskMayNotDoIsToldBeforeItRuns() throws Exception {
    Map<Task.Builder, String> refused =
        Map.of(
            Jobs.shell("exec", "work", "true", "\"cap_add\":[\"sys_admin\"]"),
            "driver does not allow the following capabilities: sys_admin",
            Jobs.shell("exec", "work", "true", "").setUser("root"),
            "running as user \"root\" is disallowed",
            Jobs.shell("exec", "work", "true", "\"pid_mode\":\"none\""),
            "pid_mode must be \"private\" or \"host\", got \"none\"",
            Jobs.shell("exec", "work", "true", "\"work_dir\":\"/nowhere\""),
            "failed to launch command: ",
            Jobs.shell("exec", "work", "true", "")
                .addVolumeMounts(VolumeMount.newBuilder().setVolume("a").setDestination("/a")),
            "No group volume declaration found named: a");
    for (Map.Entry<Task.Builder, String> each : refused.entrySet()) {
      Allocation allocation = batch(each.getKey());
      TaskState state =
          control.awaitStatus(allocation.getId(), "failed").getTaskStatesOrThrow("work");
      String error = event(state, "Driver Failure").getDriverError();
      assertTrue(error.startsWith(each.getValue()), error);
    }
  }

  @Test
  void askedForRightsAreGiven() throws Exception {
    Allocation allocation =
        batch(
            Jobs.shell(
                "exec",
                "work",
                "grep CapEff /proc/self/status",
                "\"cap_add\":[\"net_bind_service\"]"));
    control.awaitStatus(allocation.getId(), "complete");
    assertEquals("CapEff:\t0000000000000400\n", log(allocation, "stdout"));
  }

  @Test
  void anAgentKilledInTheMiddleFindsTheTaskItsOutputAndItsEnd() throws Exception {
    String script =
        "trap 'echo bye; exit 4' INT; echo up; i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done";
    Allocation allocation =
        Jobs.allocation("service", Jobs.shell("exec", "work", script, "")).build();
    agent.close();
    try (var first = new AgentProcessHandle(data, control.port())) {
      control.send(allocation);
      control.awaitStatus(allocation.getId(), "running");
      Eventually.holds("it writes", () -> log(allocation, "stdout").contains("3\n"));
      first.kill();
    }
    try (var second = new AgentProcessHandle(data, control.port())) {
      control.awaitRegistrations(3);
      String sofar = log(allocation, "stdout");
      Eventually.holds(
          "it goes on", () -> log(allocation, "stdout").length() > sofar.length() + 20);
      control.stop(allocation);
      TaskState state =
          control.awaitStatus(allocation.getId(), "complete").getTaskStatesOrThrow("work");
      assertEquals(List.of(4), exitCodes(state));
      assertEquals(0, state.getRestarts());
      List<String> lines = log(allocation, "stdout").lines().toList();
      assertEquals("up", lines.getFirst());
      assertEquals("bye", lines.getLast());
      for (int i = 1; i < lines.size() - 1; i++) {
        assertEquals(String.valueOf(i), lines.get(i));
      }
    }
  }

  @Test
  void nothingOfATaskSurvivesIt() throws Exception {
    for (String driver : List.of("exec", "raw_exec")) {
      String mark = "31" + Math.abs((int) System.nanoTime() % 1_000_000);
      Allocation allocation =
          batch(
              Jobs.shell(
                  driver, "work", "setsid setsid sleep " + mark + " & sleep 0.2; exit 0", ""));
      control.awaitStatus(allocation.getId(), "complete");
      Eventually.holds("sleep " + mark + " of " + driver + " ends", () -> running(mark).isEmpty());
    }
  }

  @Test
  void aCommandRunsBesideATask() throws Exception {
    Allocation allocation =
        batch(Jobs.shell("exec", "work", "echo here >/tmp/mark; exec sleep 1000", ""));
    control.awaitStatus(allocation.getId(), "running");
    Eventually.holds("it wrote", () -> Files.exists(root(allocation).resolve("work/tmp/mark")));
    Process process = beside(allocation, "cat /tmp/mark; id -u; cat /proc/1/comm; pwd");
    assertEquals(
        "here\n65534\nsh\n/\n",
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertEquals(0, process.waitFor());
  }

  private Process beside(Allocation allocation, String script) throws Exception {
    Path home = data.resolve("state").resolve(allocation.getId()).resolve("tasks/work");
    ProcStat task = ProcStat.parse(Files.readString(home.resolve("task.1"))).orElseThrow();
    TaskRun run =
        new TaskRun(
            allocation.getId(),
            "work",
            1,
            home,
            TaskFolders.of(root(allocation), "work"),
            Map.of("PATH", "/usr/bin:/bin"),
            "",
            new DriverConfig(Map.of()),
            TaskResources.NONE,
            List.of(),
            true,
            Instant.EPOCH);
    var place =
        (ExecPlace.OfMachine)
            new Exec(ExecSettings.defaults(), Cgroups.none("unused")).beside(run, task);
    List<String> line = new ArrayList<>(place.prefix());
    line.addAll(List.of("/bin/sh", "-c", script));
    return new ProcessBuilder(line).redirectErrorStream(true).start();
  }

  private Allocation batch(Task.Builder task) {
    Allocation allocation = Jobs.allocation("batch", task).build();
    control.send(allocation);
    return allocation;
  }

  private static List<Long> running(String mark) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains("sleep " + mark))
        .filter(process -> !process.info().commandLine().orElse("").contains("setsid"))
        .map(ProcessHandle::pid)
        .collect(Collectors.toList());
  }

  private static TaskEvent event(TaskState state, String type) {
    return state.getEventsList().stream()
        .filter(event -> event.getType().equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError(type + " is not in " + state));
  }

  private static List<Integer> exitCodes(TaskState state) {
    return state.getEventsList().stream()
        .filter(event -> event.getType().equals("Terminated"))
        .map(event -> (int) event.getExitCode())
        .toList();
  }

  private Path root(Allocation allocation) {
    return data.resolve("allocs").resolve(allocation.getId());
  }

  private String log(Allocation allocation, String type) throws IOException {
    Path file = root(allocation).resolve("alloc/logs/work." + type + ".0");
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
