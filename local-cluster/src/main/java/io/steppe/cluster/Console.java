package io.steppe.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * What the person at the terminal sees, kept in a log as well.
 *
 * <p>Started by the script, the launcher writes everything to one pipe that outlives it, each line
 * behind a digit: 1 for standard output, 2 for standard error, 0 for the exit code, 3 for the
 * launcher's pid. The script takes them apart.
 */
public final class Console {
  private final PrintStream out;
  private final PrintStream err;
  private final boolean tagged;
  private final Path log;
  private final InstantSource clock;

  public Console(PrintStream out, PrintStream err, boolean tagged, Path log, InstantSource clock) {
    this.out = out;
    this.err = err;
    this.tagged = tagged;
    this.log = log;
    this.clock = clock;
  }

  /** One line of progress or news. */
  public synchronized void say(String line) {
    out.println(tagged ? "1 " + line : line);
    note(line);
  }

  /** One line about what went wrong. */
  public synchronized void complain(String line) {
    if (tagged) {
      out.println("2 " + line);
    } else {
      err.println(line);
    }
    note(line);
  }

  /** Tells the script which process to signal. */
  public synchronized void announce(long pid) {
    if (tagged) {
      out.println("3 " + pid);
    }
  }

  /** Tells the script that this launcher is done and is not to be started again. */
  public synchronized void exiting(int code) {
    if (tagged) {
      out.println("0 " + code);
    }
  }

  private void note(String line) {
    if (log == null) {
      return;
    }
    try {
      Files.writeString(
          log,
          clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      err.println("cannot write " + log + ": " + e.getMessage());
    }
  }
}
