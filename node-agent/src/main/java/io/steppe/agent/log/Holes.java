package io.steppe.agent.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Gives the space of a part of a file back to the file system, by the {@code fallocate} command.
 */
final class Holes {
  private static final Logger LOG = Logger.getLogger(Holes.class);
  private static final long SECONDS = 10;

  private Holes() {}

  /** Punches a hole; where that can't be done the space stays taken until the file goes. */
  static void punch(Path file, long offset, long length) {
    List<String> command =
        List.of(
            "fallocate",
            "-p",
            "-o",
            String.valueOf(offset),
            "-l",
            String.valueOf(length),
            file.toString());
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        LOG.debugf("no hole punched in %s", file);
      }
    } catch (IOException e) {
      LOG.debugf(e, "no hole punched in %s", file);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
