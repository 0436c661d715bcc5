package io.steppe.agent.fs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Eventually;
import io.steppe.agent.boot.Jobs;
import io.steppe.agent.boot.TestAgent;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.proto.v1.AllocResourceUsage;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.HostStats;
import io.steppe.proto.v1.LogConfig;
import io.steppe.rpc.v1.AllocStats;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.FsLogs;
import io.steppe.rpc.v1.FsPath;
import io.steppe.rpc.v1.FsRead;
import io.steppe.rpc.v1.FsStream;
import io.steppe.rpc.v1.HostStatsCall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, logs and statistics as asked for over the session. */
class FileCallsTest {
  private static final int MUCH = 64 << 20;

  @TempDir Path data;

  private ControlPlane control;
  private Agent agent;

  @BeforeEach
  void begin() throws Exception {
    control = new ControlPlane(0);
    agent = TestAgent.start(data, control.port());
  }

  @AfterEach
  void end() throws Exception {
    agent.allocations().interruptAll(java.time.Duration.ofSeconds(10));
    agent.close();
    control.close();
  }

  private Allocation run(String script, int files) {
    Allocation allocation =
        Jobs.allocation(
                "service",
                Jobs.shell("web", script)
                    .setLogConfig(LogConfig.newBuilder().setMaxFiles(files).setMaxFileSizeMb(1)))
            .build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    return allocation;
  }

  private Path root(Allocation allocation) {
    return data.resolve("allocs").resolve(allocation.getId());
  }

  private static ClientRequest.Builder request(Allocation allocation, int credit) {
    return ClientRequest.newBuilder().setAllocId(allocation.getId()).setCredit(credit);
  }

  private static FsLogs.Builder logs() {
    return FsLogs.newBuilder().setTask("web").setType("stdout");
  }

  @Test
  void listsAndDescribes() throws Exception {
    Allocation allocation = run("exec sleep 1000", 2);
    Files.writeString(root(allocation).resolve("web/local/a.txt"), "hello");

    List<AllocFileInfo> files =
        control
            .ask(request(allocation, 0).setLs(FsPath.newBuilder().setPath("web")).build())
            .awaitEnd()
            .frames()
            .get(0)
            .getFiles()
            .getFilesList();
    assertEquals(
        List.of("local", "secrets", "tmp"), files.stream().map(AllocFileInfo::getName).toList());
    assertEquals("drwxrwxrwx", files.get(0).getFileMode());
    assertTrue(files.get(0).getIsDir());

    AllocFileInfo file =
        control
            .ask(
                request(allocation, 0)
                    .setStat(FsPath.newBuilder().setPath("web/local/a.txt"))
                    .build())
            .awaitEnd()
            .frames()
            .get(0)
            .getFile();
    assertEquals("a.txt", file.getName());
    assertEquals(5, file.getSize());
    assertEquals("text/plain; charset=utf-8", file.getContentType());
    assertTrue(file.getFileMode().startsWith("-rw"));
  }

  @Test
  void readsFromAnOffsetAndSoMuch() throws Exception {
    Allocation allocation = run("exec sleep 1000", 2);
    Files.writeString(root(allocation).resolve("web/local/n"), "0123456789");
    FsRead.Builder read = FsRead.newBuilder().setPath("web/local/n");

    assertEquals("0123456789", text(request(allocation, MUCH).setCat(read)));
    assertEquals("345", text(request(allocation, MUCH).setReadAt(read.setOffset(3).setLimit(3))));
    assertEquals("", text(request(allocation, MUCH).setReadAt(read.setOffset(30).setLimit(3))));
    assertEquals(
        "can't seek to offset -5: seek " + root(allocation) + "/web/local/n: invalid argument",
        failure(request(allocation, MUCH).setReadAt(read.setOffset(-5))).getDescription());
    assertEquals(
        "file \"alloc\" is a directory",
        failure(request(allocation, MUCH).setCat(FsRead.newBuilder().setPath("alloc")))
            .getDescription());
    Status missing =
        failure(request(allocation, MUCH).setLs(FsPath.newBuilder().setPath("nope.txt")));
    assertEquals(
        "open " + root(allocation) + "/nope.txt: no such file or directory",
        missing.getDescription());
    assertEquals(Status.Code.NOT_FOUND, missing.getCode());
  }

  @Test
  void pipesAndDevicesAreRefusedAtOnce() throws Exception {
    Allocation allocation = run("mkfifo local/pipe; exec sleep 1000", 2);
    Eventually.holds(
        "the pipe is there", () -> Files.exists(root(allocation).resolve("web/local/pipe")));

    assertEquals(
        "file \"web/local/pipe\" is not a regular file",
        failure(request(allocation, MUCH).setCat(FsRead.newBuilder().setPath("web/local/pipe")))
            .getDescription());
    assertEquals(
        "web/local/pipe",
        "web/local/"
            + control
                .ask(
                    request(allocation, 0)
                        .setStat(FsPath.newBuilder().setPath("web/local/pipe"))
                        .build())
                .awaitEnd()
                .frames()
                .get(0)
                .getFile()
                .getName());
  }

  @Test
  void neverSendsMoreThanTheReaderGaveCreditFor() throws Exception {
    Allocation allocation = run("exec sleep 1000", 2);
    byte[] big = new byte[300_000];
    new java.util.Random(1).nextBytes(big);
    Files.write(root(allocation).resolve("web/local/big"), big);

    var call =
        control.ask(
            request(allocation, 1_000)
                .setCat(FsRead.newBuilder().setPath("web/local/big"))
                .build());
    call.awaitBytes(bytes -> bytes.length == 1_000);
    call.credit(100_000);
    call.awaitBytes(bytes -> bytes.length == 101_000);
    call.credit(1 << 20);
    assertArrayEquals(big, call.awaitEnd().bytes());
    assertTrue(
        call.frames().stream().allMatch(frame -> frame.getData().getData().size() <= 64 << 10));
  }

  @Test
  void followsALogOverItsFiles() throws Exception {
    String line =
        "a line of the log that is long enough to fill a file of one mebibyte with not too many of them, number ";
    String script =
        "i=0; while [ $i -lt 30000 ]; do echo \""
            + line
            + "$i\"; i=$((i+1)); done; exec sleep 1000";
    Allocation allocation = run(script, 20);
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 30_000; i++) {
      expected.append(line).append(i).append('\n');
    }

    var call = control.ask(request(allocation, MUCH).setLogs(logs().setFollow(true)).build());
    byte[] got = call.awaitBytes(bytes -> bytes.length >= expected.length());

    assertEquals(expected.toString(), new String(got, StandardCharsets.UTF_8));
    assertTrue(
        call.frames().stream()
            .anyMatch(frame -> frame.getData().getFile().equals("alloc/logs/web.stdout.2")));
    var last = call.frames().getLast().getData();
    assertEquals(Files.size(root(allocation).resolve(last.getFile())), last.getOffset());
    assertEquals(expected.toString(), text(request(allocation, MUCH).setLogs(logs())));
    assertEquals(
        "29999\n", text(request(allocation, MUCH).setLogs(logs().setOrigin("end").setOffset(6))));
    call.cancel();
  }

  @Test
  void aFollowerGetsLinesAsTheyCome() throws Exception {
    Allocation allocation =
        run("echo one; while [ ! -e local/go ]; do sleep 0.02; done; echo two; exec sleep 1000", 2);
    var call = control.ask(request(allocation, MUCH).setLogs(logs().setFollow(true)).build());
    call.awaitBytes(bytes -> new String(bytes, StandardCharsets.UTF_8).equals("one\n"));

    Files.createFile(root(allocation).resolve("web/local/go"));

    call.awaitBytes(bytes -> new String(bytes, StandardCharsets.UTF_8).equals("one\ntwo\n"));
    call.cancel();
  }

  @Test
  void aFollowedFileTellsWhenItIsCutOrGone() throws Exception {
    Allocation allocation = run("exec sleep 1000", 2);
    Path file = root(allocation).resolve("web/local/f");
    Files.writeString(file, "first");
    var call =
        control.ask(
            request(allocation, MUCH)
                .setStream(FsStream.newBuilder().setPath("web/local/f").setFollow(true))
                .build());
    call.awaitBytes(bytes -> bytes.length == 5);

    Files.writeString(file, "2", StandardOpenOption.TRUNCATE_EXISTING);
    call.awaitBytes(bytes -> new String(bytes, StandardCharsets.UTF_8).equals("first2"));
    assertTrue(
        call.frames().stream()
            .anyMatch(frame -> frame.getData().getFileEvent().equals("file truncated")));

    Files.delete(file);
    call.awaitEnd();
    assertEquals("file deleted", call.frames().getLast().getData().getFileEvent());
  }

  @Test
  void goesOnInAFileByPieces() throws Exception {
    Allocation allocation = run("printf 0123456789; exec sleep 1000", 2);
    FsLogs.Builder logs = logs().setFile("alloc/logs/web.stdout.0").setOffset(4);
    Eventually.holds(
        "the log", () -> text(request(allocation, MUCH).setLogs(logs())).length() == 10);

    var call = control.ask(request(allocation, MUCH).setLogs(logs.setLimit(3)).build()).awaitEnd();
    assertEquals("456", new String(call.bytes(), StandardCharsets.UTF_8));
    assertEquals(7, call.frames().getLast().getData().getOffset());
    assertEquals("alloc/logs/web.stdout.0", call.frames().getLast().getData().getFile());
    call =
        control
            .ask(request(allocation, MUCH).setLogs(logs.setOffset(10).setLimit(3)).build())
            .awaitEnd();
    assertEquals(0, call.bytes().length);
    assertEquals(10, call.frames().getLast().getData().getOffset());
    assertEquals(
        "no place in this log: alloc/logs/web.stderr.0",
        failure(request(allocation, MUCH).setLogs(logs.setFile("alloc/logs/web.stderr.0")))
            .getDescription());
  }

  @Test
  void aReaderWhoseFileWentGoesOnWithTheOldestThatIsLeft() throws Exception {
    Allocation allocation = run("exec sleep 1000", 2);
    Path logs = root(allocation).resolve("alloc/logs");
    Files.deleteIfExists(logs.resolve("web.stdout.0"));
    Files.writeString(logs.resolve("web.stdout.7"), "seven");
    Files.writeString(logs.resolve("web.stdout.8"), "eight");

    var call =
        control
            .ask(
                request(allocation, MUCH)
                    .setLogs(logs().setFile("alloc/logs/web.stdout.5").setOffset(9))
                    .build())
            .awaitEnd();
    assertEquals("seveneight", new String(call.bytes(), StandardCharsets.UTF_8));
    assertEquals("alloc/logs/web.stdout.7", call.frames().getFirst().getData().getFile());
  }

  @Test
  void aFileThatIsShorterThanWhatWasReadOfItBeginsAgain() throws Exception {
    Allocation allocation = run("exec sleep 1000", 2);
    Files.writeString(root(allocation).resolve("web/local/f"), "abc");
    var call =
        control
            .ask(
                request(allocation, MUCH)
                    .setStream(
                        FsStream.newBuilder().setPath("web/local/f").setOffset(10).setResumed(true))
                    .build())
            .awaitEnd();
    assertEquals("file truncated", call.frames().getFirst().getData().getFileEvent());
    assertEquals("abc", new String(call.bytes(), StandardCharsets.UTF_8));
  }

  @Test
  void thereAreNoLogsWhereTheyAreDisabled() {
    Allocation allocation =
        Jobs.allocation(
                "service",
                Jobs.shell("web", "exec sleep 1000")
                    .setLogConfig(LogConfig.newBuilder().setDisabled(true)))
            .build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    assertEquals(Status.Code.NOT_FOUND, failure(request(allocation, 0).setLogs(logs())).getCode());
  }

  @Test
  void logsThatCantBeThereAreRefused() {
    Allocation allocation = run("exec sleep 1000", 2);
    assertEquals(
        "must provide task name",
        failure(request(allocation, 0).setLogs(FsLogs.newBuilder().setType("stdout")))
            .getDescription());
    assertEquals(
        "must provide log type (stdout/stderr)",
        failure(request(allocation, 0).setLogs(logs().setType("stdin"))).getDescription());
    assertEquals(
        "origin must be start or end",
        failure(request(allocation, 0).setLogs(logs().setOrigin("middle"))).getDescription());
    assertEquals(
        "unknown task name \"nope\"",
        failure(request(allocation, 0).setLogs(logs().setTask("nope"))).getDescription());
    String unknown = UUID.randomUUID().toString();
    Status gone =
        failure(ClientRequest.newBuilder().setAllocId(unknown).setLs(FsPath.getDefaultInstance()));
    assertEquals(
        "open " + data.resolve("allocs").resolve(unknown) + ": no such file or directory",
        gone.getDescription());
    assertEquals(
        "Unknown allocation \"" + unknown + "\"",
        failure(
                ClientRequest.newBuilder()
                    .setAllocId(unknown)
                    .setAllocStats(AllocStats.getDefaultInstance()))
            .getDescription());
  }

  @Test
  void measuresTasksAndTheMachine() {
    Allocation allocation = run("sh -c 'while :; do :; done' & exec sleep 1000", 2);

    AllocResourceUsage usage =
        control
            .ask(request(allocation, 0).setAllocStats(AllocStats.getDefaultInstance()).build())
            .awaitEnd()
            .frames()
            .get(0)
            .getAllocStats();
    var task = usage.getTasksOrThrow("web");
    assertEquals(2, task.getPidsCount());
    assertTrue(task.getResourceUsage().getMemoryStats().getRss() > 100_000);
    assertTrue(task.getResourceUsage().getCpuStats().getPercent() > 5, task.toString());
    assertTrue(
        task.getResourceUsage()
            .getMemoryStats()
            .getMeasuredList()
            .containsAll(List.of("RSS", "Swap")));
    assertEquals("[]", usage.getResourceUsage().getDeviceStats().toStringUtf8());

    HostStats host =
        control
            .ask(
                ClientRequest.newBuilder().setHostStats(HostStatsCall.getDefaultInstance()).build())
            .awaitEnd()
            .frames()
            .get(0)
            .getHostStats();
    assertEquals(Runtime.getRuntime().availableProcessors(), host.getCpuCount());
    assertTrue(host.getMemory().getTotal() > host.getMemory().getAvailable());
    assertTrue(host.getAllocDirStats().getSize() > 0);
    assertTrue(host.getUptime() > 0);
  }

  private String text(ClientRequest.Builder request) {
    return new String(control.ask(request.build()).awaitEnd().bytes(), StandardCharsets.UTF_8);
  }

  private Status failure(ClientRequest.Builder request) {
    return control.ask(request.build()).awaitEnd().failure().orElseThrow();
  }
}
