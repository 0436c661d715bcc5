package io.steppe.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps one program running: adopts the process an earlier launcher left, starts it anew whenever
 * it ends, and says so.
 *
 * <p>One virtual thread waits for the process; {@link #stop} ends that thread first and the process
 * afterwards, so the two never race.
 */
public final class Keeper {
  private static final Duration POLL = Duration.ofMillis(400);

  private final Program program;
  private final Path run;
  private final Console console;
  private final Readying readying;
  private final boolean again;
  private volatile Backoff backoff = Backoff.NONE;
  private Thread thread;

  /** What has to be true before the program is started; may wait for it. */
  @FunctionalInterface
  public interface Readying {
    Readying NOTHING = () -> {};

    void await() throws InterruptedException;
  }

  /**
   * @param again whether the launcher continues a run, so that a recorded process that is gone died
   */
  public Keeper(Program program, Path run, Console console, Readying readying, boolean again) {
    this.program = program;
    this.run = run;
    this.console = console;
    this.readying = readying;
    this.again = again;
  }

  /** Starts or adopts the process and watches it from now on. */
  public void start() {
    thread = Thread.ofVirtual().name("keeper-" + program.label()).start(this::keep);
  }

  public Program program() {
    return program;
  }

  /** Ends in a row that came soon after a start. */
  public int quickDeaths() {
    return backoff.quickDeaths();
  }

  /** No longer watches, then stops the process: asked first, killed when its time is up. */
  public void stop() throws InterruptedException {
    if (thread != null) {
      thread.interrupt();
      thread.join();
    }
    Optional<RunFile> file = RunFile.read(run, program.name(), program.replica());
    if (file.isPresent()) {
      end(file.get(), program.stop(), console);
      file.get().forget(run);
    }
  }

  /** Stops a recorded process. */
  static void end(RunFile file, Program.Stop stop, Console console) throws InterruptedException {
    ProcessId id = file.id();
    signal(id, stop.signal());
    if (!id.awaitEnd(Duration.ofSeconds(stop.seconds()))) {
      console.say(
          "%s did not stop within %d s and is killed"
              .formatted(file.name() + "-" + file.replica(), stop.seconds()));
      id.kill();
      id.awaitEnd(Duration.ofSeconds(5));
    }
  }

  private static void signal(ProcessId id, String signal) throws InterruptedException {
    if (signal.equals("TERM")) {
      id.terminate();
      return;
    }
    if (id.isAlive()) {
      try {
        new ProcessBuilder("/bin/kill", "-" + signal, Long.toString(id.pid())).start().waitFor();
      } catch (IOException e) {
        id.terminate();
      }
    }
  }

  private void keep() {
    try {
      adopt();
      while (true) {
        readying.await();
        runOnce();
        Thread.sleep(backoff.pause());
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void adopt() throws InterruptedException {
    Optional<RunFile> left = RunFile.read(run, program.name(), program.replica());
    if (left.isEmpty()) {
      return;
    }
    if (!left.get().id().isAlive()) {
      if (again) {
        died(left.get().id().pid(), "", System.nanoTime());
      }
      return;
    }
    ProcessId id = left.get().id();
    if (!left.get().fingerprint().equals(program.fingerprint())) {
      console.say(
          "%s (pid %d) runs with other settings; starting it anew"
              .formatted(program.label(), id.pid()));
      // Killed, not asked: an agent that is asked to stop would stop its tasks.
      id.kill();
      id.awaitEnd(Duration.ofSeconds(5));
      return;
    }
    long began = System.nanoTime();
    while (id.isAlive()) {
      Thread.sleep(POLL);
    }
    died(id.pid(), "", began);
    Thread.sleep(backoff.pause());
  }

  private void runOnce() throws InterruptedException {
    long began = System.nanoTime();
    Process process;
    try {
      process = program.launch(run);
    } catch (IOException e) {
      backoff = backoff.after(Duration.ZERO);
      console.complain("Cannot start %s: %s".formatted(program.label(), e.getMessage()));
      Thread.sleep(Duration.ofSeconds(1));
      return;
    }
    int code = process.waitFor();
    died(process.pid(), code > 128 ? ", signal " + (code - 128) : ", exit code " + code, began);
  }

  private void died(long pid, String how, long began) {
    backoff = backoff.after(Duration.ofNanos(System.nanoTime() - began));
    Duration pause = backoff.pause();
    console.say(
        "%s (pid %d%s) died; starting it again%s"
            .formatted(
                program.label(),
                pid,
                how,
                pause.isZero() ? "" : " in " + pause.toMillis() + " ms"));
  }
}
