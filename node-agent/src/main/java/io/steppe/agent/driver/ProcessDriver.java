package io.steppe.agent.driver;

import io.steppe.agent.cgroup.Cgroup;
import io.steppe.agent.cgroup.Cgroups;
import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.stats.TaskUsage;
import io.steppe.agent.task.Exit;
import io.steppe.agent.task.StartFailure;
import io.steppe.agent.watch.Coalesced;
import io.steppe.agent.watch.FolderWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * Runs tasks as processes of this machine, each under a {@link Supervisor} and, where there are
 * any, in a control group of its own.
 */
public final class ProcessDriver implements Driver {
  private static final Logger LOG = Logger.getLogger(ProcessDriver.class);
  private static final String DEFAULT_SIGNAL = "SIGINT";

  /**
   * Ends are seen when their file appears; this only finds supervisors that were killed themselves.
   */
  private static final Duration LIVENESS = Duration.ofSeconds(10);

  /** A supervisor that has not shown itself for so long never will. */
  private static final Duration LAUNCH = Duration.ofSeconds(30);

  private final Launcher launcher;
  private final Cgroups cgroups;
  private final FolderWatch watch;
  private final Executor executor;
  private final Future<?> liveness;
  private final Map<TaskRun.Key, Held> held = new ConcurrentHashMap<>();

  ProcessDriver(
      Launcher launcher,
      Cgroups cgroups,
      FolderWatch watch,
      Executor executor,
      ScheduledExecutorService timer) {
    this.launcher = launcher;
    this.cgroups = cgroups;
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
    return launcher.name();
  }

  @Override
  public DriverFingerprint fingerprint() {
    return launcher.fingerprint();
  }

  @Override
  public Isolation isolation() {
    return launcher.isolation();
  }

  @Override
  public void start(TaskRun run, RunListener listener) throws StartFailure {
    Cgroup group = group(run);
    List<Path> entrances = grouped(run) ? group.entrances() : List.of();
    Launcher.Launch launch = launcher.launch(run, entrances);
    if (grouped(run)) {
      make(group, launch);
    }
    Held one = hold(run, listener);
    try {
      new Supervisor(run)
          .launch(
              run, launch.command(), launch.directory(), launch.isolated() ? List.of() : entrances);
    } catch (StartFailure e) {
      one.release();
      group.remove();
      throw e;
    }
    one.look();
  }

  private static void make(Cgroup group, Launcher.Launch launch) throws StartFailure {
    try {
      group.make(launch.limits());
    } catch (IOException e) {
      group.remove();
      throw new StartFailure("failed to make the task's cgroup: " + e.getMessage(), true);
    }
  }

  private boolean grouped(TaskRun run) {
    return cgroups.unusable().isEmpty() && launcher.grouped(run);
  }

  private Cgroup group(TaskRun run) {
    return cgroups.of(run.allocation(), run.task());
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
    Optional<ProcStat> task = task(new Supervisor(run));
    if (task.isPresent() && task.get().alive()) {
      Signals.toGroup(task.get(), signal.isEmpty() ? DEFAULT_SIGNAL : signal);
    }
  }

  /** The command's own first process, once it runs. */
  private Optional<ProcStat> task(Supervisor supervisor) {
    return launcher.isolation() == Isolation.NONE ? supervisor.leader() : supervisor.isolated();
  }

  @Override
  public void kill(TaskRun run) {
    killLeftovers(run, new Supervisor(run).leader());
  }

  /** The group is killed first: it holds what a look at the process tree misses. */
  private void killLeftovers(TaskRun run, Optional<ProcStat> leader) {
    try {
      group(run).kill();
      if (leader.isPresent()) {
        Signals.killAll(leader.get());
      }
    } catch (IOException e) {
      LOG.errorf(e, "processes of task %s of allocation %s stay", run.task(), run.allocation());
    }
  }

  @Override
  public TaskUsage usage(TaskRun run) {
    return TaskUsage.of(processes(run), group(run).reading());
  }

  @Override
  public List<Long> processes(TaskRun run) {
    Cgroup group = group(run);
    if (group.exists()) {
      return group.processes();
    }
    return task(new Supervisor(run))
        .map(leader -> Signals.members(leader).stream().map(ProcStat::pid).toList())
        .orElse(List.of());
  }

  @Override
  public ExecPlace execIn(TaskRun run) throws IOException {
    ProcStat task =
        task(new Supervisor(run))
            .filter(ProcStat::alive)
            .orElseThrow(() -> new IOException("task \"" + run.task() + "\" is not running."));
    return switch (launcher.beside(run, task)) {
      case ExecPlace.OfMachine(
              List<String> prefix,
              Path directory,
              Map<String, String> environment) -> {
        Cgroup group = group(run);
        List<String> all =
            new ArrayList<>(Shell.entering(group.exists() ? group.entrances() : List.of()));
        all.addAll(prefix);
        yield new ExecPlace.OfMachine(all, directory, environment);
      }
      case ExecPlace.OfEngine engine -> engine;
    };
  }

  @Override
  public void close() {
    liveness.cancel(false);
    held.values().forEach(Held::release);
    cgroups.leave();
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
        Optional<ProcStat> task = task(supervisor);
        Optional<Exit> exit = supervisor.exit();
        if (task.isPresent() && !started) {
          started = true;
          listener.started();
        }
        if (exit.isPresent()) {
          end(exit.get());
        } else if (supervisorLost()) {
          // It may have written the code and ended between the two looks.
          end(supervisor.exit().orElseGet(() -> Exit.unknown("the task's supervisor was killed")));
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

    private void end(Exit exit) {
      release();
      Cgroup group = group(run);
      boolean outOfMemory = group.exists() && group.outOfMemory();
      killLeftovers(run, supervisor.leader());
      group.remove();
      if (launcher.isolation() != Isolation.NONE && task(supervisor).isEmpty()) {
        listener.startFailed("failed to launch command: " + supervisor.trouble(), true);
      } else {
        listener.exited(outOfMemory && !exit.successful() ? exit.outOfMemory() : exit);
      }
    }

    private synchronized void release() {
      over = true;
      subscription.close();
      held.remove(run.key(), this);
    }
  }
}
