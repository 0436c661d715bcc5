package io.steppe.agent.exec;

import io.steppe.agent.driver.Commands;
import io.steppe.agent.driver.ExecPlace;
import io.steppe.agent.driver.Signals;
import io.steppe.agent.stats.ProcStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * A command as a process of this machine, in a session of its own. Its terminal, when it wants one,
 * is made and served by {@code script} of util-linux.
 */
final class MachineProcess implements ExecPlace.EngineProcess {
  private static final Logger LOG = Logger.getLogger(MachineProcess.class);
  private static final int BUFFER = 32 << 10;

  /** What a command left behind may keep its output open; nobody waits for that. */
  private static final Duration STRAGGLERS = Duration.ofSeconds(1);

  private static final Duration TERMINAL_APPEARS = Duration.ofSeconds(2);
  private static final long TOOL_SECONDS = 5;

  private final Process process;
  private final Optional<ProcStat> leader;
  private final boolean tty;

  private MachineProcess(Process process, boolean tty) {
    this.process = process;
    this.leader = ProcStat.of(process.pid());
    this.tty = tty;
  }

  static MachineProcess start(ExecPlace.OfMachine place, List<String> command, boolean tty)
      throws IOException {
    List<String> whole = new ArrayList<>(place.prefix());
    whole.addAll(command);
    Map<String, String> environment = new TreeMap<>(place.environment());
    List<String> line = new ArrayList<>(List.of(tool("setsid")));
    if (tty) {
      environment.putIfAbsent("TERM", "xterm");
      Optional<String> shell = Optional.ofNullable(environment.remove("SHELL"));
      shell.ifPresent(path -> whole.addAll(0, List.of(tool("env"), "SHELL=" + path)));
      line.addAll(List.of(script(), "-q", "-e", "-f", "-c", "exec " + quoted(whole), "/dev/null"));
    } else {
      line.addAll(whole);
    }
    ProcessBuilder builder = new ProcessBuilder(line).directory(place.directory().toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new MachineProcess(builder.start(), tty);
  }

  private static String quoted(List<String> words) {
    return words.stream()
        .map(word -> "'" + word.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" "));
  }

  private static String tool(String name) {
    return found(name).orElse(name);
  }

  private static String script() throws IOException {
    return found("script")
        .orElseThrow(
            () -> new IOException("this machine has no \"script\" of util-linux for a terminal"));
  }

  private static Optional<String> found(String name) {
    return Commands.find(name, Path.of("/"), System.getenv("PATH")).map(Path::toString);
  }

  @Override
  public void output(ExecPlace.OutputReceiver receiver) throws IOException {
    Pump out = pump("exec-stdout", process.getInputStream(), receiver::stdout);
    Pump err = pump("exec-stderr", process.getErrorStream(), receiver::stderr);
    try {
      process.waitFor();
      killAll();
      // Its own output is in the pipes already, however slowly it is read from there.
      awaitAll(out, err);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private interface Sink {
    void take(byte[] bytes) throws IOException;
  }

  private static Pump pump(String name, InputStream from, Sink to) {
    var pump = new Pump(name, from, to);
    pump.start();
    return pump;
  }

  /** Carries one stream. */
  private static final class Pump extends Thread {
    private final InputStream from;
    private final Sink to;
    private volatile boolean reading;

    Pump(String name, InputStream from, Sink to) {
      super(name);
      setDaemon(true);
      this.from = from;
      this.to = to;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[BUFFER];
      try {
        while (true) {
          reading = true;
          int count = from.read(buffer);
          reading = false;
          if (count < 0) {
            return;
          }
          to.take(Arrays.copyOf(buffer, count));
        }
      } catch (IOException e) {
        LOG.debugf("a command's output ended: %s", e.getMessage());
      }
    }
  }

  /** Waits until both are over; not for one that only waits for what others may write. */
  private static void awaitAll(Pump... pumps) throws InterruptedException {
    for (Pump pump : pumps) {
      boolean over = false;
      while (!over) {
        over = pump.join(STRAGGLERS) || pump.reading;
      }
    }
  }

  @Override
  public void input(byte[] bytes) throws IOException {
    OutputStream stdin = process.getOutputStream();
    stdin.write(bytes);
    stdin.flush();
  }

  @Override
  public void endInput() throws IOException {
    process.getOutputStream().close();
  }

  @Override
  public void resize(int rows, int columns) throws IOException {
    if (!tty || rows <= 0 || columns <= 0 || rows > 0xffff || columns > 0xffff) {
      return;
    }
    Process stty =
        new ProcessBuilder(
                tool("stty"),
                "-F",
                terminal().toString(),
                "rows",
                String.valueOf(rows),
                "cols",
                String.valueOf(columns))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!stty.waitFor(TOOL_SECONDS, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The terminal of the command that script runs; it takes a moment to be there. */
  private Path terminal() throws IOException {
    long until = System.nanoTime() + TERMINAL_APPEARS.toNanos();
    while (process.isAlive() && System.nanoTime() < until) {
      for (ProcessHandle child : process.children().toList()) {
        Path input = Path.of("/proc", String.valueOf(child.pid()), "fd", "0");
        try {
          Path terminal = Files.readSymbolicLink(input);
          if (terminal.startsWith("/dev/pts")) {
            return terminal;
          }
        } catch (IOException e) {
          LOG.debugf("%s is not there yet", input);
        }
      }
      try {
        Thread.sleep(Duration.ofMillis(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    throw new IOException("the command has no terminal");
  }

  @Override
  public int exitCode() throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void killAll() {
    try {
      if (leader.isPresent()) {
        Signals.killAll(leader.get());
      }
    } catch (IOException e) {
      LOG.warnf("processes of a command could not be killed: %s", e.getMessage());
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      killAll();
      process.destroyForcibly();
    }
  }
}
