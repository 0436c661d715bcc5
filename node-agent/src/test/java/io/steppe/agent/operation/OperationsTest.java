package io.steppe.agent.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Eventually;
import io.steppe.agent.boot.Jobs;
import io.steppe.agent.boot.TestAgent;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.EphemeralDisk;
import io.steppe.proto.v1.NodeMetadata;
import io.steppe.proto.v1.NullableString;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.rpc.v1.AllocGc;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.FsPath;
import io.steppe.rpc.v1.GetPause;
import io.steppe.rpc.v1.HostGc;
import io.steppe.rpc.v1.MetadataCall;
import io.steppe.rpc.v1.MetadataUpdate;
import io.steppe.rpc.v1.PauseTask;
import io.steppe.rpc.v1.RestartTasks;
import io.steppe.rpc.v1.SignalTasks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators ask of an agent, over its session. */
class OperationsTest {
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
    agent.allocations().interruptAll(Duration.ofSeconds(10));
    agent.close();
    control.close();
  }

  private Allocation run(String script) {
    Allocation allocation = Jobs.allocation("service", Jobs.shell("web", script)).build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    return allocation;
  }

  private static ClientRequest.Builder request(Allocation allocation) {
    return ClientRequest.newBuilder().setAllocId(allocation.getId());
  }

  private ClientFrame answer(ClientRequest.Builder request) {
    ControlPlane.Call call = control.ask(request.build()).awaitEnd();
    assertTrue(call.failure().isEmpty(), call.failure().toString());
    return call.frames().get(0);
  }

  private Status failure(ClientRequest.Builder request) {
    return control.ask(request.build()).awaitEnd().failure().orElseThrow();
  }

  private static List<String> types(Allocation report) {
    return report.getTaskStatesOrThrow("web").getEventsList().stream()
        .map(TaskEvent::getType)
        .toList();
  }

  @Test
  void restartsATaskWithoutSpendingAnAttempt() throws Exception {
    Allocation allocation = run("echo run; exec sleep 1000");
    Path log =
        data.resolve("allocs").resolve(allocation.getId()).resolve("alloc/logs/web.stdout.0");
    Eventually.holds(
        "the first run wrote", () -> Files.exists(log) && Files.readString(log).equals("run\n"));

    assertTrue(answer(request(allocation).setRestart(RestartTasks.getDefaultInstance())).hasDone());

    Allocation report = control.awaitReport(allocation.getId(), one -> types(one).size() == 7);
    assertEquals(
        List.of(
            "Received",
            "Task Setup",
            "Started",
            "Restart Signaled",
            "Terminated",
            "Restarting",
            "Started"),
        types(report));
    assertEquals(
        "User requested running tasks to restart",
        report.getTaskStatesOrThrow("web").getEvents(3).getDisplayMessage());
    assertEquals(
        "Task restarting in 0s",
        report.getTaskStatesOrThrow("web").getEvents(5).getDisplayMessage());
    Eventually.holds("both runs wrote", () -> Files.readString(log).equals("run\nrun\n"));

    assertEquals(
        "Could not find task runner for task: nope",
        failure(request(allocation).setRestart(RestartTasks.newBuilder().setTask("nope")))
            .getDescription());
    control.stop(allocation);
    control.awaitStatus(allocation.getId(), "complete");
    assertEquals(
        "Task not running",
        failure(request(allocation).setRestart(RestartTasks.newBuilder().setTask("web")))
            .getDescription());
  }

  @Test
  void signalsATask() throws Exception {
    Allocation allocation = run("trap 'echo hup' HUP; echo ready; while :; do sleep 0.05; done");
    Path log =
        data.resolve("allocs").resolve(allocation.getId()).resolve("alloc/logs/web.stdout.0");
    Eventually.holds(
        "it listens", () -> Files.exists(log) && Files.readString(log).equals("ready\n"));

    answer(request(allocation).setSignal(SignalTasks.newBuilder().setSignal("SIGHUP")));

    Eventually.holds("it heard", () -> Files.readString(log).equals("ready\nhup\n"));
    Allocation report =
        control.awaitReport(allocation.getId(), one -> types(one).contains("Signaling"));
    assertEquals("running", report.getClientStatus());
    assertEquals(
        "Task not found",
        failure(
                request(allocation)
                    .setSignal(SignalTasks.newBuilder().setTask("nope").setSignal("SIGHUP")))
            .getDescription());
    assertEquals(
        "Unknown signal \"SIGNOPE\"",
        failure(request(allocation).setSignal(SignalTasks.newBuilder().setSignal("SIGNOPE")))
            .getDescription());
    Status unknown =
        failure(
            ClientRequest.newBuilder()
                .setAllocId("00000000-0000-0000-0000-000000000000")
                .setSignal(SignalTasks.newBuilder().setSignal("SIGHUP")));
    assertEquals(Status.Code.NOT_FOUND, unknown.getCode());
  }

  @Test
  void pausesATaskAndLetsItRunAgain() {
    Allocation allocation = run("exec sleep 1000");
    answer(
        request(allocation)
            .setPause(PauseTask.newBuilder().setTask("web").setScheduleState("pause")));
    Allocation paused =
        control.awaitReport(
            allocation.getId(),
            one -> one.getTaskStatesOrThrow("web").getState().equals("pending"));
    assertEquals("force_pause", paused.getTaskStatesOrThrow("web").getPaused());
    GetPause.Builder get = GetPause.newBuilder().setTask("web");
    assertEquals(
        "force_pause", answer(request(allocation).setGetPause(get)).getPause().getScheduleState());

    answer(
        request(allocation)
            .setPause(PauseTask.newBuilder().setTask("web").setScheduleState("run")));
    Allocation running =
        control.awaitReport(
            allocation.getId(),
            one -> one.getTaskStatesOrThrow("web").getState().equals("running"));
    assertEquals("force_run", running.getTaskStatesOrThrow("web").getPaused());
    assertEquals(
        Status.Code.INVALID_ARGUMENT,
        failure(
                request(allocation)
                    .setPause(PauseTask.newBuilder().setTask("web").setScheduleState("halt")))
            .getCode());
  }

  @Test
  void collectsFinishedAllocationsWhenAsked() throws Exception {
    Allocation running = run("exec sleep 1000");
    Allocation finished = Jobs.allocation("batch", Jobs.shell("web", "true")).build();
    Allocation other = Jobs.allocation("batch", Jobs.shell("web", "true")).build();
    control.send(finished);
    control.send(other);
    control.awaitStatus(finished.getId(), "complete");
    control.awaitStatus(other.getId(), "complete");
    Path folder = data.resolve("allocs");

    Status refused = failure(request(running).setGc(AllocGc.getDefaultInstance()));
    assertEquals(
        "No such allocation on client, or allocation not eligible for GC",
        refused.getDescription());
    assertTrue(answer(request(finished).setGc(AllocGc.getDefaultInstance())).hasDone());
    assertTrue(Files.notExists(folder.resolve(finished.getId())));
    assertTrue(Files.exists(folder.resolve(other.getId())));
    Status gone = failure(request(finished).setLs(FsPath.newBuilder().setPath("/")));
    assertEquals(Status.Code.NOT_FOUND, gone.getCode());
    assertEquals(
        "open " + folder.resolve(finished.getId()) + ": no such file or directory",
        gone.getDescription());

    answer(ClientRequest.newBuilder().setGcAll(HostGc.getDefaultInstance()));
    assertTrue(Files.notExists(folder.resolve(other.getId())));
    assertTrue(Files.exists(folder.resolve(running.getId())));
  }

  @Test
  void aReplacementTakesOverDataWhenTheOneBeforeHasEnded() throws Exception {
    Allocation before =
        sticky(
            "echo data > $NOMAD_ALLOC_DIR/data/kept; echo own > $NOMAD_TASK_DIR/kept;"
                + " trap 'sleep 0.3; exit 0' INT; while :; do sleep 0.05; done");
    control.send(before);
    Path folder = data.resolve("allocs");
    Eventually.holds(
        "it wrote", () -> Files.exists(folder.resolve(before.getId()).resolve("web/local/kept")));
    Allocation after =
        sticky("cat $NOMAD_ALLOC_DIR/data/kept $NOMAD_TASK_DIR/kept; exec sleep 1000").toBuilder()
            .setPreviousAllocation(before.getId())
            .build();
    control.send(after);
    control.awaitReport(after.getId(), one -> types(one).contains("Task Setup"));
    control.stop(before);

    Allocation report = control.awaitStatus(after.getId(), "running");
    Allocation ended = control.awaitStatus(before.getId(), "complete");
    assertTrue(
        report.getTaskStatesOrThrow("web").getStartedAt()
            > ended.getTaskStatesOrThrow("web").getFinishedAt());
    Path log = folder.resolve(after.getId()).resolve("alloc/logs/web.stdout.0");
    Eventually.holds("it finds the data", () -> Files.readString(log).equals("data\nown\n"));
  }

  private static Allocation sticky(String script) {
    Allocation.Builder allocation = Jobs.allocation("service", Jobs.shell("web", script));
    allocation
        .getJobBuilder()
        .getTaskGroupsBuilder(0)
        .setEphemeralDisk(EphemeralDisk.newBuilder().setSticky(true));
    return allocation.build();
  }

  @Test
  void aReplacementToldToStopDoesNotWait() {
    Allocation before = sticky("exec sleep 1000");
    control.send(before);
    control.awaitStatus(before.getId(), "running");
    Allocation after =
        sticky("exec sleep 1000").toBuilder().setPreviousAllocation(before.getId()).build();
    control.send(after);
    control.awaitReport(after.getId(), one -> types(one).contains("Task Setup"));
    control.stop(after);
    control.awaitStatus(after.getId(), "complete");
    control.awaitStatus(before.getId(), "running");
  }

  private static MetadataUpdate.Builder set(String key, String value) {
    return MetadataUpdate.newBuilder()
        .putMeta(key, NullableString.newBuilder().setValue(value).build());
  }

  @Test
  void labelsTheNodeAndKeepsThatOverARestart() throws Exception {
    var read = ClientRequest.newBuilder().setMetadata(MetadataCall.getDefaultInstance());
    assertEquals(Map.of("rack", "r1"), answer(read).getMetadata().getStaticMap());

    NodeMetadata now =
        answer(
                ClientRequest.newBuilder()
                    .setUpdateMetadata(
                        set("rack", "r9").putMeta("gone", NullableString.getDefaultInstance())))
            .getMetadata();
    assertEquals(Map.of("rack", "r9"), now.getMetaMap());
    assertEquals(Map.of("rack", "r1"), now.getStaticMap());
    assertTrue(now.getDynamicMap().containsKey("gone"));
    assertTrue(!now.getDynamicOrThrow("gone").hasValue());
    Eventually.holds(
        "the control plane knows",
        () -> control.awaitNode().getMetaMap().equals(Map.of("rack", "r9")));

    Allocation allocation = run("echo ${meta.rack}; exec sleep 1000");
    Path log =
        data.resolve("allocs").resolve(allocation.getId()).resolve("alloc/logs/web.stdout.0");
    Eventually.holds("the task sees it", () -> Files.readString(log).equals("r9\n"));

    agent.close();
    agent = TestAgent.start(data, control.port());
    control.awaitRegistrations(2);
    assertEquals(now, answer(read).getMetadata());
    assertEquals(Map.of("rack", "r9"), control.awaitNode().getMetaMap());
  }

  @Test
  void refusesLabelsThatAreNone() {
    assertEquals(
        "missing required Meta object",
        failure(ClientRequest.newBuilder().setUpdateMetadata(MetadataUpdate.getDefaultInstance()))
            .getDescription());
    assertEquals(
        "\"a b\" is invalid; metadata keys must be valid dotted hcl identifiers",
        failure(ClientRequest.newBuilder().setUpdateMetadata(set("a b", "x"))).getDescription());
    assertEquals(
        "metadata keys must not be empty",
        failure(ClientRequest.newBuilder().setUpdateMetadata(set("", "x"))).getDescription());
  }
}
