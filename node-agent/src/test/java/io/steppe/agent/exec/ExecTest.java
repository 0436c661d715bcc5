package io.steppe.agent.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Eventually;
import io.steppe.agent.boot.Jobs;
import io.steppe.agent.boot.TestAgent;
import io.steppe.proto.v1.Allocation;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.Exec;
import io.steppe.rpc.v1.ExecInput;
import io.steppe.rpc.v1.ExecOutput;
import io.steppe.rpc.v1.TtySize;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands beside a task, as asked for over the session. */
class ExecTest {
  private static final int MUCH = 64 << 20;

  @TempDir Path data;

  private ControlPlane control;
  private Agent agent;
  private Allocation allocation;

  @BeforeEach
  void begin() throws Exception {
    control = new ControlPlane(0);
    agent = TestAgent.start(data, control.port());
    allocation =
        Jobs.allocation("service", Jobs.shell("web", "exec sleep 1000").putEnv("COLOR", "blue"))
            .build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
  }

  @AfterEach
  void end() throws Exception {
    agent.allocations().interruptAll(Duration.ofSeconds(10));
    agent.close();
    control.close();
  }

  private ControlPlane.Call exec(int credit, boolean tty, String... command) {
    return control.ask(
        ClientRequest.newBuilder()
            .setAllocId(allocation.getId())
            .setCredit(credit)
            .setExec(Exec.newBuilder().setTask("web").setTty(tty).addAllCommand(List.of(command)))
            .build());
  }

  private static byte[] out(List<ClientFrame> frames, boolean error) {
    var all = new ByteArrayOutputStream();
    for (ClientFrame frame : frames) {
      ExecOutput output = frame.getExec();
      all.writeBytes((error ? output.getStderr() : output.getStdout()).toByteArray());
    }
    return all.toByteArray();
  }

  private static String text(List<ClientFrame> frames) {
    return new String(out(frames, false), StandardCharsets.UTF_8);
  }

  private static int exitCode(ControlPlane.Call call) {
    ExecOutput last = call.awaitEnd().frames().getLast().getExec();
    assertTrue(last.hasExitCode(), call.frames() + " " + call.failure());
    return last.getExitCode();
  }

  private static ExecInput stdin(String text) {
    return ExecInput.newBuilder().setStdin(ByteString.copyFromUtf8(text)).build();
  }

  @Test
  void runsBesideTheTaskAndTellsHowItEnded() {
    ControlPlane.Call call =
        exec(
            MUCH,
            false,
            "/bin/sh",
            "-c",
            "echo $COLOR $NOMAD_TASK_NAME; pwd; echo 'it''s' \"$0\" >&2; exit 3",
            "a b");
    assertEquals(3, exitCode(call));
    assertEquals(
        "blue web\n" + data.resolve("allocs").resolve(allocation.getId()).resolve("web") + "\n",
        text(call.frames()));
    assertArrayEquals("its a b\n".getBytes(StandardCharsets.UTF_8), out(call.frames(), true));
    assertTrue(call.frames().stream().anyMatch(frame -> frame.getExec().getStdoutClosed()));
  }

  @Test
  void readsWhatIsTyped() {
    ControlPlane.Call call = exec(MUCH, false, "cat");
    call.input(stdin("hello "));
    call.input(stdin("there\n"));
    call.awaitFrames(frames -> text(frames).equals("hello there\n"));
    call.input(ExecInput.newBuilder().setStdinClosed(true).build());
    assertEquals(0, exitCode(call));
    assertEquals(
        12, call.frames().stream().mapToInt(frame -> frame.getExec().getStdinCredit()).sum());
  }

  @Test
  void aTerminalHasTheSizeOfItsWindow() {
    ControlPlane.Call call =
        exec(
            MUCH,
            true,
            "/bin/sh",
            "-c",
            "trap 'stty size' WINCH; test -t 0 && echo terminal 'q'; stty -echo;"
                + " while :; do read -r line || continue; echo \"got $line\";"
                + " test \"$line\" = bye && exit 0; done");
    call.awaitFrames(frames -> text(frames).contains("terminal q"));
    call.input(
        ExecInput.newBuilder()
            .setTtySize(TtySize.newBuilder().setHeight(33).setWidth(111))
            .build());
    call.input(stdin("one\n"));
    call.awaitFrames(frames -> text(frames).contains("33 111") && text(frames).contains("got one"));
    call.input(stdin("bye\n"));
    assertEquals(0, exitCode(call));
  }

  @Test
  void aTerminalPassesOnTheExitCode() {
    assertEquals(7, exitCode(exec(MUCH, true, "/bin/sh", "-c", "exit 7")));
  }

  @Test
  void sendsNoMoreThanTheReaderTakes() throws Exception {
    Path done = data.resolve("done");
    ControlPlane.Call call =
        exec(100_000, false, "/bin/sh", "-c", "head -c 3000000 /dev/zero; echo > " + done);
    call.awaitFrames(frames -> out(frames, false).length == 100_000);
    assertTrue(Files.notExists(done));
    call.credit(3_000_000);
    assertEquals(0, exitCode(call));
    assertEquals(3_000_000, out(call.frames(), false).length);
  }

  @Test
  void isKilledWhenNobodyListens() throws Exception {
    Path pids = data.resolve("pids");
    ControlPlane.Call call =
        exec(
            MUCH,
            false,
            "/bin/sh",
            "-c",
            "sleep 1000 & echo $! > " + pids + "; echo $$ >> " + pids + "; echo up; wait");
    call.awaitFrames(frames -> text(frames).equals("up\n"));
    List<Long> processes = Files.readAllLines(pids).stream().map(Long::parseLong).toList();
    call.cancel();
    Eventually.holds(
        "all of it is gone",
        () ->
            processes.stream()
                .noneMatch(
                    pid -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()));
  }

  @Test
  void leavesNothingBehind() {
    ControlPlane.Call call = exec(MUCH, false, "/bin/sh", "-c", "sleep 1000 & echo up");
    assertEquals(0, exitCode(call));
    assertEquals("up\n", text(call.frames()));
  }

  @Test
  void saysWhatCantBeRun() {
    Status unknown =
        control
            .ask(
                ClientRequest.newBuilder()
                    .setAllocId(allocation.getId())
                    .setExec(Exec.newBuilder().setTask("nope").addCommand("true"))
                    .build())
            .awaitEnd()
            .failure()
            .orElseThrow();
    assertEquals("unknown task name \"nope\"", unknown.getDescription());
    assertTrue(exitCode(exec(MUCH, false, "no-such-command")) != 0);
    control.stop(allocation);
    control.awaitStatus(allocation.getId(), "complete");
    Status over = exec(MUCH, false, "true").awaitEnd().failure().orElseThrow();
    assertEquals(Status.Code.NOT_FOUND, over.getCode());
    assertEquals("task \"web\" is not running.", over.getDescription());
  }
}
