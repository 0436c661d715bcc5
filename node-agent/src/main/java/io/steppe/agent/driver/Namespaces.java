package io.steppe.agent.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Whether this machine lets the agent isolate tasks. */
final class Namespaces {
  private static final long SECONDS = 5;
  private static final List<String> TOOLS =
      List.of("unshare", "nsenter", "setpriv", "mount", "umount", "pivot_root", "setsid");

  private Namespaces() {}

  /** Why tasks can't be isolated; empty when they can. */
  static Optional<String> hindrance() {
    if (!root()) {
      return Optional.of("Driver must run as root");
    }
    for (String tool : TOOLS) {
      if (!Supervisor.tool(tool).startsWith("/")) {
        return Optional.of("the machine has no " + tool);
      }
    }
    return attempt();
  }

  private static boolean root() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid
          && uid == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<String> attempt() {
    try {
      Process process =
          new ProcessBuilder(
                  Supervisor.tool("unshare"),
                  "--mount",
                  "--pid",
                  "--ipc",
                  "--fork",
                  "--kill-child",
                  Supervisor.tool("mount"),
                  "-t",
                  "proc",
                  "proc",
                  "/proc")
              .redirectErrorStream(true)
              .start();
      String said =
          new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of("the kernel takes too long to make namespaces");
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of("the kernel forbids namespaces: " + said.replace('\n', ' '));
    } catch (IOException e) {
      return Optional.of("namespaces can't be made: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }
}
