package io.steppe.agent.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.steppe.agent.boot.Eventually;
import io.steppe.agent.task.DriverConfig;
import io.steppe.agent.task.TaskFolders;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class SupervisorTest {
  @TempDir Path home;

  @Test
  void aTaskDiesOfItsKillSignalWhateverTheAgentIgnores() throws Exception {
    SignalHandler before = Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    try {
      Supervisor supervisor = start("kill -INT $$; exit 7");
      Eventually.holds("the run ends", () -> supervisor.exit().isPresent());
      assertEquals(2, supervisor.exit().orElseThrow().signal());
    } finally {
      Signal.handle(new Signal("INT"), before);
    }
  }

  @Test
  void theExitCodeIsTheCommands() throws Exception {
    Supervisor supervisor = start("exit 7");
    Eventually.holds("the run ends", () -> supervisor.exit().isPresent());
    assertEquals(7, supervisor.exit().orElseThrow().code());
  }

  @Test
  void aTaskMayHaveAPathOfItsOwn() throws Exception {
    Supervisor supervisor = start("exit 7", Map.of("PATH", "/nowhere", "steppe_stat", "mine"));
    Eventually.holds("the run ends", () -> supervisor.exit().isPresent());
    assertEquals(7, supervisor.exit().orElseThrow().code());
  }

  private Supervisor start(String script) throws Exception {
    return start(script, Map.of("PATH", "/usr/bin:/bin"));
  }

  private Supervisor start(String script, Map<String, String> environment) throws Exception {
    TaskRun run =
        new TaskRun(
            "alloc",
            "task",
            1,
            home,
            TaskFolders.of(home, "task"),
            environment,
            "",
            new DriverConfig(Map.of()),
            TaskResources.NONE,
            List.of(),
            true,
            Instant.EPOCH);
    Supervisor supervisor = new Supervisor(run);
    supervisor.launch(run, List.of("/bin/sh", "-c", script), home, List.of());
    return supervisor;
  }
}
