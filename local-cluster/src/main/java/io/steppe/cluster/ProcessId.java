package io.steppe.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A process as others may find it again: its pid and when it started, for pids are used anew.
 *
 * @param pid of the process
 * @param start clock ticks since boot where there is a {@code /proc}, else milliseconds since the
 *     epoch, else "-"
 */
public record ProcessId(long pid, String start) {
  private static final boolean PROC = Files.isReadable(Path.of("/proc/self/stat"));
  private static final Duration TICK = Duration.ofMillis(50);

  /** The live process of that pid. */
  public static Optional<ProcessId> of(long pid) {
    return startOf(pid).map(start -> new ProcessId(pid, start));
  }

  /** This process. */
  public static ProcessId current() {
    long pid = ProcessHandle.current().pid();
    return of(pid).orElse(new ProcessId(pid, "-"));
  }

  /** Whether this very process runs; one that ended and that nobody waited for does not. */
  public boolean isAlive() {
    return startOf(pid).filter(now -> start.equals("-") || now.equals(start)).isPresent();
  }

  /** Asks it to end. */
  public void terminate() {
    if (isAlive()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }
  }

  /** Ends it at once. */
  public void kill() {
    if (isAlive()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /** Waits until it is gone; false when it still runs after that time. */
  public boolean awaitEnd(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (isAlive()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      Thread.sleep(Duration.ofNanos(Math.min(left, TICK.toNanos())));
    }
    return true;
  }

  private static Optional<String> startOf(long pid) {
    if (!PROC) {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .map(h -> h.info().startInstant().map(i -> Long.toString(i.toEpochMilli())).orElse("-"));
    }
    try {
      String stat =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
      // The command name may hold anything, so fields are counted behind its closing parenthesis.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      boolean ended = fields[0].equals("Z") || fields[0].equals("X");
      return ended ? Optional.empty() : Optional.of(fields[19]);
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
