package io.steppe.agent.driver;

import io.steppe.agent.stats.TaskUsage;
import io.steppe.agent.task.DriverConfig;
import io.steppe.agent.task.Exit;
import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Runs nothing and behaves as told, for tests and load. Settings: {@code start_error}, {@code
 * start_error_recoverable}, {@code start_block_for}, {@code run_for}, {@code exit_code}, {@code
 * exit_signal}, {@code exit_err_msg}, {@code signal_error}, {@code kill_after}, {@code
 * stdout_string}, {@code stdout_repeat}, {@code stdout_repeat_duration} and the same for stderr.
 * Its runs outlive the agent: what is left of {@code run_for} runs on.
 */
public final class MockDriver implements Driver {
  private static final Logger LOG = Logger.getLogger(MockDriver.class);

  private final ScheduledExecutorService timer;
  private final Executor executor;
  private final InstantSource clock;
  private final Map<TaskRun.Key, Pretended> running = new ConcurrentHashMap<>();

  public MockDriver(ScheduledExecutorService timer, Executor executor, InstantSource clock) {
    this.timer = timer;
    this.executor = executor;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "mock_driver";
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
    DriverConfig config = run.config();
    String error = config.text("start_error");
    if (!error.isEmpty()) {
      throw new StartFailure(error, config.flag("start_error_recoverable"));
    }
    Plan plan = Plan.of(config);
    after(config.duration("start_block_for"), () -> begin(run, plan, listener));
  }

  private void begin(TaskRun run, Plan plan, RunListener listener) {
    listener.started();
    var pretended = new Pretended(run, plan, listener);
    running.put(run.key(), pretended);
    if (run.logged()) {
      pretended.write("stdout", 0);
      pretended.write("stderr", 0);
    }
    pretended.endAfter(plan.runFor(), plan.exit());
  }

  @Override
  public boolean adopt(TaskRun run, RunListener listener) {
    if (run.began().equals(Instant.EPOCH)) {
      return false;
    }
    try {
      Plan plan = Plan.of(run.config());
      var pretended = new Pretended(run, plan, listener);
      running.put(run.key(), pretended);
      Duration left = Duration.between(clock.instant(), run.began().plus(plan.runFor()));
      pretended.endAfter(left.isNegative() ? Duration.ZERO : left, plan.exit());
    } catch (StartFailure e) {
      listener.exited(Exit.unknown(e.getMessage()));
    }
    return true;
  }

  @Override
  public void signal(TaskRun run, String signal) throws IOException {
    Pretended pretended = running.get(run.key());
    if (pretended == null) {
      return;
    }
    if (!pretended.plan.signalError().isEmpty()) {
      throw new IOException(pretended.plan.signalError());
    }
    pretended.endAfter(pretended.plan.killAfter(), Exit.SUCCESS);
  }

  @Override
  public void kill(TaskRun run) {
    Pretended pretended = running.get(run.key());
    if (pretended != null) {
      pretended.endAfter(Duration.ZERO, new Exit(137, 9, ""));
    }
  }

  @Override
  public TaskUsage usage(TaskRun run) {
    return TaskUsage.none();
  }

  @Override
  public List<Long> processes(TaskRun run) {
    return List.of();
  }

  @Override
  public ExecPlace execIn(TaskRun run) throws IOException {
    throw new IOException("mock_driver runs nothing that a command could be run beside");
  }

  @Override
  public void close() {
    running.values().forEach(Pretended::cancel);
    running.clear();
  }

  private Future<?> after(Duration delay, Runnable work) {
    return timer.schedule(() -> executor.execute(work), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private record Output(String text, int repeat, Duration pause) {}

  private record Plan(
      Duration runFor,
      Exit exit,
      Duration killAfter,
      String signalError,
      Map<String, Output> outputs) {
    static Plan of(DriverConfig config) throws StartFailure {
      int signal = config.number("exit_signal", 0);
      Exit exit = new Exit(config.number("exit_code", 0), signal, config.text("exit_err_msg"));
      return new Plan(
          config.duration("run_for"),
          exit,
          config.duration("kill_after"),
          config.text("signal_error"),
          Map.of("stdout", output(config, "stdout"), "stderr", output(config, "stderr")));
    }

    private static Output output(DriverConfig config, String type) throws StartFailure {
      return new Output(
          config.text(type + "_string"),
          config.number(type + "_repeat", 0),
          config.duration(type + "_repeat_duration"));
    }
  }

  /** A run that is nothing but a timer. */
  private final class Pretended {
    private final TaskRun run;
    private final Plan plan;
    private final RunListener listener;
    private Future<?> end;
    private boolean over;

    Pretended(TaskRun run, Plan plan, RunListener listener) {
      this.run = run;
      this.plan = plan;
      this.listener = listener;
    }

    synchronized void endAfter(Duration delay, Exit exit) {
      if (end != null) {
        end.cancel(false);
      }
      end = after(delay, () -> finish(exit));
    }

    private void finish(Exit exit) {
      synchronized (this) {
        if (over) {
          return;
        }
        over = true;
      }
      running.remove(run.key());
      listener.exited(exit);
    }

    private synchronized void cancel() {
      over = true;
      if (end != null) {
        end.cancel(false);
      }
    }

    /** Writes the text once and then as often as it is to be repeated. */
    private void write(String type, int written) {
      Output output = plan.outputs().get(type);
      synchronized (this) {
        if (over || output.text().isEmpty() || written > output.repeat()) {
          return;
        }
      }
      try {
        Files.writeString(
            run.home().resolve(type),
            output.text(),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        LOG.errorf(e, "task %s of allocation %s: no output written", run.task(), run.allocation());
        return;
      }
      after(output.pause(), () -> write(type, written + 1));
    }
  }
}
