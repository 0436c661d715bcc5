package io.steppe.agent.driver;

import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.task.Exit;
import io.steppe.agent.task.StartFailure;
import io.steppe.agent.watch.Coalesced;
import io.steppe.agent.watch.FolderWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Runs a command of the machine as it is. Settings: {@code command}, {@code args}, {@code
 * work_dir}.
 */
public final class RawExec implements Driver {
  private static final Logger LOG = Logger.getLogger(RawExec.class);
  private static final String DEFAULT_SIGNAL = "SIGINT";

  /**
   * Ends are seen when their file appears; this only finds supervisors that were killed themselves.
   */
  private static final Duration LIVENESS = Duration.ofSeconds(10);

  /** A supervisor that has not shown itself for so long never will. */
  private static final Duration LAUNCH = Duration.ofSeconds(30);

  private final FolderWatch watch;
  private final Executor executor;
  private final Future<?> liveness;
  private final Map<TaskRun.Key, Held> held = new ConcurrentHashMap<>();

  public RawExec(FolderWatch watch, Executor executor, ScheduledExecutorService timer) {
    this.watch = watch;
    this.executor = executor;
    this.liveness =
        timer.scheduleWithFixedDelay(
            () -> held.values().forEach(Held::look),
            LIVENESS.toMillis(),
            LIVENESS.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public String name() {
    return "raw_exec";
  }

  @Override
  public DriverFingerprint fingerprint() {
    return DriverFingerprint.healthy(name(), Map.of());
  }

  @Override
  public Isolation isolation() {
    return Isolation.NONE;
  }

  @Override
  public void start(TaskRun run, RunListener listener) throws StartFailure {
    String command = run.config().text("command");
    if (command.isEmpty()) {
      throw new StartFailure("missing required argument: \"command\"", false);
    }
    String searchPath = run.environment().get("PATH");
    Path file =
        Commands.find(command, run.directory(), searchPath)
            .orElseThrow(
                () ->
                    new StartFailure(
                        "failed to launch command: file "
                            + command
                            + " not found under path "
                            + run.directory(),
                        false));
    List<String> line = new ArrayList<>(Users.prefix(run.user()));
    line.add(file.toString());
    line.addAll(run.config().texts("args"));
    Held one = hold(run, listener);
    try {
      new Supervisor(run).launch(run, line, directory(run));
    } catch (StartFailure e) {
      one.release();
      throw e;
    }
    one.look();
  }

  private static Path directory(TaskRun run) throws StartFailure {
    String wanted = run.config().text("work_dir");
    if (wanted.isEmpty()) {
      return run.directory();
    }
    Path directory = run.directory().resolve(wanted);
    if (!Files.isDirectory(directory)) {
      throw new StartFailure("failed to launch command: no folder " + directory, false);
    }
    return directory;
  }

  @Override
  public boolean adopt(TaskRun run, RunListener listener) {
    if (new Supervisor(run).claim()) {
      return false;
    }
    try {
      hold(run, listener).look();
    } catch (StartFailure e) {
      listener.exited(Exit.unknown(e.getMessage()));
    }
    return true;
  }

  private Held hold(TaskRun run, RunListener listener) throws StartFailure {
    Held one = new Held(run, listener);
    held.put(run.key(), one);
    try {
      one.subscription = watch.watch(run.home(), one::changed);
    } catch (IOException e) {
      held.remove(run.key());
      throw new StartFailure("can't watch " + run.home() + ": " + e.getMessage(), true);
    }
    return one;
  }

  @Override
  public void signal(TaskRun run, String signal) throws IOException {
    Optional<ProcStat> leader = new Supervisor(run).leader();
    if (leader.isPresent() && leader.get().alive()) {
      Signals.toGroup(leader.get(), signal.isEmpty() ? DEFAULT_SIGNAL : signal);
    }
  }

  @Override
  public void kill(TaskRun run) {
    new Supervisor(run).leader().ifPresent(RawExec::killLeftovers);
  }

  private static void killLeftovers(ProcStat leader) {
    try {
      Signals.killAll(leader);
    } catch (IOException e) {
      LOG.errorf(e, "processes of session %d could not be killed", leader.pid());
    }
  }

  @Override
  public List<Long> processes(TaskRun run) {
    return new Supervisor(run)
        .leader()
        .map(leader -> Signals.members(leader).stream().map(ProcStat::pid).toList())
        .orElse(List.of());
  }

  @Override
  public ExecPlace execIn(TaskRun run) throws IOException {
    try {
      return new ExecPlace.OfMachine(
          Users.prefix(run.user()), directory(run), Map.copyOf(run.environment()));
    } catch (StartFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    liveness.cancel(false);
    held.values().forEach(Held::release);
  }

  /** A run this agent looks after. */
  private final class Held {
    private final TaskRun run;
    private final RunListener listener;
    private final Supervisor supervisor;
    private final Coalesced looks;
    private final long since = System.nanoTime();
    private FolderWatch.Subscription subscription = () -> {};
    private boolean started;
    private boolean over;

    Held(TaskRun run, RunListener listener) {
      this.run = run;
      this.listener = listener;
      this.supervisor = new Supervisor(run);
      this.looks = new Coalesced(executor, this::lookNow);
    }

    void changed(String name) {
      if (!name.startsWith("std")) {
        looks.ask();
      }
    }

    void look() {
      looks.ask();
    }

    private synchronized void lookNow() {
      if (over) {
        return;
      }
      try {
        Optional<ProcStat> leader = supervisor.leader();
        Optional<Exit> exit = supervisor.exit();
        if (leader.isPresent() && !started) {
          started = true;
          listener.started();
        }
        if (exit.isPresent()) {
          end(leader, exit.get());
        } else if (supervisorLost()) {
          // It may have written the code and ended between the two looks.
          end(
              leader,
              supervisor.exit().orElseGet(() -> Exit.unknown("the task's supervisor was killed")));
        }
      } catch (UncheckedIOException e) {
        LOG.errorf(
            e, "task %s of allocation %s: can't look after it", run.task(), run.allocation());
      }
    }

    private boolean supervisorLost() {
      Optional<ProcStat> process = supervisor.supervisor();
      if (process.isEmpty()) {
        return System.nanoTime() - since > LAUNCH.toNanos();
      }
      return !process.get().alive();
    }

    private void end(Optional<ProcStat> leader, Exit exit) {
      release();
      leader.ifPresent(RawExec::killLeftovers);
      listener.exited(exit);
    }

    private synchronized void release() {
      over = true;
      subscription.close();
      held.remove(run.key(), this);
    }
  }
}
