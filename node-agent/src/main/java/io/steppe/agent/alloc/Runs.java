package io.steppe.agent.alloc;

import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.driver.Driver;
import io.steppe.agent.driver.ExecPlace;
import io.steppe.agent.driver.RunListener;
import io.steppe.agent.driver.RunningTask;
import io.steppe.agent.driver.TaskRun;
import io.steppe.agent.task.Exit;
import io.steppe.agent.task.StartFailure;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The runs of one allocation's tasks, and the drivers that do them. Used on the allocation's queue.
 */
final class Runs {
  private static final Logger LOG = Logger.getLogger(Runs.class);

  private final Supplier<Allocation> allocation;
  private final Path root;
  private final AllocStore store;
  private final Surroundings around;
  private final GroupLogs logs;
  private final Identities identities;
  private final Consumer<Input> heard;
  private final Map<String, TaskRun> byTask = new HashMap<>();

  /**
   * @param allocation as the control plane last sent it
   * @param root the allocation's folder
   * @param heard takes what drivers say, in any thread
   */
  Runs(
      Supplier<Allocation> allocation,
      Path root,
      AllocStore store,
      Surroundings around,
      Identities identities,
      Consumer<Input> heard) {
    this.allocation = allocation;
    this.root = root;
    this.store = store;
    this.around = around;
    this.logs = new GroupLogs(allocation.get().getId(), around);
    this.identities = identities;
    this.heard = heard;
  }

  /** Begins a run; whether it came to be is heard. */
  void start(String task, TaskModel model) {
    try {
      openLogs(task);
      TaskRun run = run(task, model, identities.begin(task(task)));
      byTask.put(task, run);
      driver(task).start(run, new Ears(task, model.run()));
    } catch (StartFailure e) {
      heard.accept(new Input.StartFailed(task, model.run(), e.getMessage(), e.recoverable()));
    } catch (IOException | UncheckedIOException e) {
      heard.accept(
          new Input.StartFailed(
              task, model.run(), "failed to set up the task: " + e.getMessage(), true));
    }
  }

  /**
   * Finds a run again that an earlier agent left.
   *
   * @param ended whether that agent ended all runs before it went
   */
  void adopt(String task, TaskModel model, boolean ended) {
    try {
      openLogs(task);
      TaskRun run = run(task, model, identities.resume(task(task)));
      byTask.put(task, run);
      if (ended || !driver(task).adopt(run, new Ears(task, model.run()))) {
        heard.accept(new Input.Lost(task, model.run()));
      }
    } catch (IOException | StartFailure e) {
      heard.accept(
          new Input.Exited(
              task, model.run(), Exit.unknown("can't be found again: " + e.getMessage())));
    }
  }

  void signal(String task, String signal) {
    try {
      driver(task).signal(byTask.get(task), signal);
    } catch (IOException | StartFailure e) {
      LOG.warnf("task %s of allocation %s: not signaled: %s", task, id(), e.getMessage());
    }
  }

  void kill(String task) {
    try {
      driver(task).kill(byTask.get(task));
    } catch (StartFailure e) {
      LOG.warnf("task %s of allocation %s: not killed: %s", task, id(), e.getMessage());
    }
  }

  /** A run has ended: who reads so in its task's state finds all its output in the log. */
  void drain(String task) {
    logs.drain(task);
  }

  /** A task will not run again. */
  void end(String task) {
    byTask.remove(task);
    identities.end(task);
    logs.finish(task);
  }

  /** Lets go of all, leaving it as it is. */
  void close() {
    identities.close();
    logs.close();
  }

  /**
   * Where a command is run to be beside a task; none when the task does not run.
   *
   * @throws IOException in its driver's words, when that has no place
   */
  Optional<ExecPlace> placeBeside(String task, AllocModel model) throws IOException {
    TaskModel now = model.tasks().get(task);
    TaskRun run = byTask.get(task);
    if (now == null || !now.running() || run == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(driver(task).execIn(run));
    } catch (StartFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The tasks that run. */
  Map<String, RunningTask> running(AllocModel model) {
    Map<String, RunningTask> running = new LinkedHashMap<>();
    model
        .tasks()
        .forEach(
            (task, now) -> {
              TaskRun run = byTask.get(task);
              Driver driver = around.drivers().get(task(task).getDriver());
              if (now.running() && run != null && driver != null) {
                running.put(task, new RunningTask(driver, run));
              }
            });
    return running;
  }

  private Driver driver(String task) throws StartFailure {
    String name = task(task).getDriver();
    Driver driver = around.drivers().get(name);
    if (driver == null) {
      throw new StartFailure("failed to find driver \"" + name + "\"", false);
    }
    return driver;
  }

  private TaskRun run(String task, TaskModel model, Map<String, String> own) throws StartFailure {
    return TaskRuns.of(
        allocation.get(),
        task,
        model,
        root,
        store.home(task),
        driver(task).isolation(),
        own,
        around);
  }

  private void openLogs(String task) throws IOException {
    logs.open(task, task(task).getLogConfig(), store.home(task), root);
  }

  private Task task(String name) {
    return GroupSpec.task(allocation.get(), name);
  }

  private String id() {
    return allocation.get().getId();
  }

  /** Hears a driver of one run. */
  private final class Ears implements RunListener {
    private final String task;
    private final int run;

    Ears(String task, int run) {
      this.task = task;
      this.run = run;
    }

    @Override
    public void event(String message, Map<String, String> details) {
      heard.accept(new Input.DriverSaid(task, run, message, details));
    }

    @Override
    public void started() {
      heard.accept(new Input.Started(task, run));
    }

    @Override
    public void startFailed(String error, boolean recoverable) {
      heard.accept(new Input.StartFailed(task, run, error, recoverable));
    }

    @Override
    public void exited(Exit exit) {
      heard.accept(new Input.Exited(task, run, exit));
    }
  }
}
