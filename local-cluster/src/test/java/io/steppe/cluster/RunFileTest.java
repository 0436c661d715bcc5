package io.steppe.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {
  @TempDir Path run;

  @Test
  void aProcessRecordsItselfBeforeItBecomesTheProgram() throws Exception {
    Program program = sleeper(Map.of("A", "b"));
    Process process = program.launch(run);
    try {
      assertTrue(
          eventually(
              () ->
                  RunFile.read(run, "sleeper", 3).isPresent()
                      && commandOf(process).contains("sleep")),
          "recorded and running");
      RunFile file = RunFile.read(run, "sleeper", 3).orElseThrow();
      assertEquals(process.pid(), file.id().pid());
      assertEquals(ProcessId.of(process.pid()), Optional.of(file.id()));
      assertEquals("1,2", file.ports());
      assertEquals(program.fingerprint(), file.fingerprint());
      assertEquals(List.of(file), RunFile.alive(run));
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertEquals(List.of(), RunFile.alive(run));
    RunFile.read(run, "sleeper", 3).orElseThrow().forget(run);
    assertEquals(Optional.empty(), RunFile.read(run, "sleeper", 3));
  }

  @Test
  void aPidThatWasUsedAnewIsNotTheProcess() {
    ProcessId me = ProcessId.current();
    assertTrue(me.isAlive());
    assertFalse(new ProcessId(me.pid(), me.start() + "0").isAlive());
    assertTrue(new ProcessId(me.pid(), "-").isAlive());
  }

  @Test
  void forgettingLeavesANewerProcessRecorded() {
    RunFile older = new RunFile("x", 0, new ProcessId(1, "1"), "-", "f");
    RunFile newer = new RunFile("x", 0, new ProcessId(2, "2"), "-", "f");
    newer.write(run);
    older.forget(run);
    assertEquals(Optional.of(newer), RunFile.read(run, "x", 0));
  }

  @Test
  void halfALineIsNoProcess() throws Exception {
    Files.writeString(RunFile.path(run, "x", 0), "x\t0\t12");
    assertEquals(Optional.empty(), RunFile.read(run, "x", 0));
    Files.writeString(RunFile.path(run, "x", 0), "x\t0\tabc\t1\t-\tf\n");
    assertEquals(Optional.empty(), RunFile.read(run, "x", 0));
  }

  @Test
  void programsThatDifferInASettingHaveDifferentFingerprints() {
    assertEquals(sleeper(Map.of("A", "b")).fingerprint(), sleeper(Map.of("A", "b")).fingerprint());
    assertFalse(
        sleeper(Map.of("A", "b")).fingerprint().equals(sleeper(Map.of("A", "c")).fingerprint()));
  }

  private Program sleeper(Map<String, String> environment) {
    return new Program(
        "sleeper",
        3,
        List.of("sleep", "600"),
        environment,
        List.of(1, 2),
        run.resolve("sleeper.log"),
        run,
        new Program.Stop("TERM", 1));
  }

  private static String commandOf(Process process) {
    return process.info().command().orElse("");
  }

  private static boolean eventually(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      java.util.concurrent.TimeUnit.MILLISECONDS.sleep(20);
    }
    return condition.getAsBoolean();
  }
}
