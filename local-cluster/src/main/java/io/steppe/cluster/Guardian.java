package io.steppe.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A small shell that starts the launcher again when it is killed: it waits for the end of a pipe
 * that the launcher holds, and unless it was told that all is done, becomes a new launcher with the
 * same arguments. The launcher, for its part, replaces a guardian that ends.
 */
public final class Guardian {
  private static final String WAIT_AND_EXEC =
      """
      if read -r word && [ "$word" = done ]; then exit 0; fi
      sleep 0.2
      exec "$@"
      """;

  private final List<String> launcher;
  private volatile Process shell;
  private volatile boolean over;

  /**
   * @param launcher command that starts this launcher
   */
  public Guardian(List<String> launcher) {
    this.launcher = List.copyOf(launcher);
  }

  /** Starts the guardian and replaces it whenever it ends. */
  public void start() {
    Thread.ofVirtual().name("guardian").start(this::keep);
  }

  /** Tells the guardian that the launcher ends on purpose. */
  public void release() {
    over = true;
    Process current = shell;
    if (current == null) {
      return;
    }
    try (var pipe = current.getOutputStream()) {
      pipe.write("done\n".getBytes(StandardCharsets.UTF_8));
    } catch (IOException itIsGone) {
      current.destroyForcibly();
    }
  }

  private void keep() {
    try {
      while (!over) {
        List<String> command =
            new ArrayList<>(List.of("/bin/sh", "-c", WAIT_AND_EXEC, "steppe-guardian"));
        command.addAll(launcher);
        shell =
            new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        shell.waitFor();
        Thread.sleep(200);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
