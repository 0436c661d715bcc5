package io.steppe.agent.alloc;

import io.steppe.agent.alloc.AllocModel.Phase;
import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.driver.ExecPlace;
import io.steppe.agent.driver.RunningTask;
import io.steppe.agent.task.TaskFolders;
import io.steppe.agent.watch.SerialExecutor;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.rpc.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Does for one allocation what {@link AllocLife} decides. Everything happens in order on its own
 * queue.
 */
public final class AllocRunner {
  private static final Logger LOG = Logger.getLogger(AllocRunner.class);

  /** No predecessor is waited for longer, whatever keeps it. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** What waits on the queue is done long before. */
  private static final long ANSWER_SECONDS = 10;

  private final Surroundings around;
  private final Reports reports;
  private final Predecessors predecessors;
  private final AllocWatcher watcher;
  private final Runnable onFinished;
  private final AllocStore store;
  private final Path root;
  private final SerialExecutor queue;
  private final Runs runs;
  private final CompletableFuture<Void> finished = new CompletableFuture<>();

  private volatile Allocation allocation;
  private volatile Allocation report;
  private volatile AllocModel model;
  private GroupSpec spec;
  private Optional<Interruption> interruption = Optional.empty();
  private CompletableFuture<Void> wayFree = CompletableFuture.completedFuture(null);
  private Future<?> wake = CompletableFuture.completedFuture(null);
  private boolean closed;

  AllocRunner(
      Allocation allocation,
      Surroundings around,
      Reports reports,
      Predecessors predecessors,
      AllocWatcher watcher,
      Runnable onFinished) {
    this.allocation = allocation;
    this.around = around;
    this.reports = reports;
    this.predecessors = predecessors;
    this.watcher = watcher;
    this.onFinished = onFinished;
    this.store = new AllocStore(around.states().resolve(allocation.getId()));
    this.root = around.allocations().resolve(allocation.getId());
    this.queue = new SerialExecutor(around.executor());
    this.runs =
        new Runs(
            this::allocation,
            root,
            store,
            around,
            new Identities(allocation.getId(), root, store, around, queue, this::take),
            this::offer);
    this.spec = GroupSpec.of(allocation);
    this.model = AllocModel.fresh(spec, around.clock().instant());
    this.report = describe();
  }

  /** Begins the life of an allocation that is new here. */
  void begin() {
    queue.execute(
        () -> {
          try {
            store.create();
            store.save(allocation);
          } catch (IOException e) {
            take(new Input.PrepareFailed("failed to keep the allocation: " + e.getMessage()));
            return;
          }
          take(new Input.Received());
        });
  }

  /**
   * Goes on with an allocation an earlier agent left.
   *
   * @throws IOException when what it left can't be read
   */
  void resume() throws IOException {
    Optional<AllocModel> left = store.model(spec);
    if (left.isEmpty()) {
      begin();
      return;
    }
    model = left.get();
    report = describe();
    queue.execute(this::adoptAll);
  }

  private void adoptAll() {
    boolean interrupted = store.interrupted();
    if (!model.prepared() && !model.finished()) {
      prepareWhenFree();
    }
    model
        .tasks()
        .forEach(
            (name, task) -> {
              if (task.running() || task.phase() instanceof Phase.Starting) {
                runs.adopt(name, task, interrupted);
              }
            });
    try {
      store.clearInterrupted();
    } catch (IOException e) {
      LOG.errorf(e, "allocation %s: can't clear its mark", id());
    }
    take(new Input.Look());
    if (model.finished()) {
      conclude();
    }
  }

  /**
   * Takes a newer version of the allocation: it may be told to stop, or its job may have changed in
   * place.
   */
  void update(Allocation next) {
    queue.execute(
        () -> {
          GroupSpec changed = GroupSpec.of(next);
          if (changed.names().equals(spec.names())) {
            spec = changed;
            allocation = next;
            try {
              store.save(next);
            } catch (IOException e) {
              LOG.errorf(e, "allocation %s: its change is not kept", id());
            }
          }
          boolean stop = !next.getDesiredStatus().equals("run");
          take(
              stop
                  ? new Input.Stop(next.getDesiredTransition().getNoShutdownDelay())
                  : new Input.Look());
        });
  }

  /** Ends it, with the group's shutdown delay or without. */
  void stop(boolean withoutDelay) {
    offer(new Input.Stop(withoutDelay));
  }

  /** Does what an operator wants; completes with why it can't be done, if it can't. */
  CompletableFuture<Optional<String>> ask(Input wish) {
    var answer = new CompletableFuture<Optional<String>>();
    queue.execute(
        () -> {
          Optional<String> refusal =
              isLeft() ? Optional.of("Task not running") : Refusals.of(spec, model, wish);
          if (refusal.isEmpty()) {
            take(wish);
          }
          answer.complete(refusal);
        });
    return answer;
  }

  /** Whether nothing more is done for it by this agent. */
  private boolean isLeft() {
    return closed || interruption.isPresent();
  }

  private void offer(Input input) {
    queue.execute(
        () -> {
          if (input instanceof Input.Exited exited) {
            ended(exited);
          } else {
            take(input);
          }
        });
  }

  private void ended(Input.Exited exited) {
    runs.drain(exited.task());
    if (interruption.isPresent()) {
      interruption.get().over(exited.task());
    } else {
      take(exited);
    }
  }

  private void take(Input input) {
    if (isLeft()) {
      return;
    }
    AllocModel before = model;
    AllocLife.Step step =
        AllocLife.step(spec, before, input, around.clock().instant(), around.random());
    model = step.model();
    if (model.stopping()) {
      wayFree.complete(null);
    }
    if (!model.equals(before)) {
      keep();
      tell();
    }
    step.effects().forEach(this::perform);
    model.tasks().forEach((name, task) -> finishIfDead(name, task, before));
    show();
    sleep();
    if (model.finished() && !before.finished()) {
      conclude();
    }
  }

  private void show() {
    Map<String, Integer> running = new HashMap<>();
    boolean ending = model.stopping() || model.finished();
    for (var entry : model.tasks().entrySet()) {
      ending |= entry.getValue().ending();
      if (entry.getValue().running()) {
        running.put(entry.getKey(), entry.getValue().run());
      }
    }
    watcher.stands(this, new AllocWatcher.Standing(running, ending));
  }

  /** Hears whether all checks pass that the allocation's health waits for. */
  public void checksPass(boolean all) {
    offer(new Input.ChecksPass(all));
  }

  /** A run is alive but useless: it is killed, and its task's restart policy decides. */
  public void unhealthy(String task, int run, String reason) {
    offer(new Input.Unhealthy(task, run, reason));
  }

  private void keep() {
    try {
      store.save(model);
    } catch (IOException e) {
      LOG.errorf(e, "allocation %s: its state is not kept", id());
    }
  }

  private void tell() {
    Allocation before = report;
    report = describe();
    reports.changed(report, !AllocReport.sameStates(before, report));
  }

  private Allocation describe() {
    return AllocReport.of(allocation, model);
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.Prepare() -> prepareWhenFree();
      case Effect.Start(String task, int _) -> runs.start(task, model.tasks().get(task));
      case Effect.Signal(String task, int _, String signal) -> runs.signal(task, signal);
      case Effect.Kill(String task, int _) -> runs.kill(task);
    }
  }

  /** Waits for the allocation this one replaces, if they can't live beside each other. */
  private void prepareWhenFree() {
    Optional<Predecessors.Awaited> awaited = predecessors.before(allocation);
    if (awaited.isEmpty()) {
      prepare();
      return;
    }
    String before = awaited.get().allocation().getId();
    wayFree = awaited.get().finished().copy();
    if (!wayFree.isDone()) {
      LOG.infof("allocation %s waits for the end of %s", id(), before);
    }
    wayFree
        .completeOnTimeout(null, LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)
        .thenRun(
            () ->
                queue.execute(
                    () -> {
                      inherit(awaited.get());
                      prepare();
                    }));
  }

  private void inherit(Predecessors.Awaited awaited) {
    if (!awaited.finished().isDone()) {
      LOG.warnf(
          "allocation %s does not wait for the end of %s any longer",
          id(), awaited.allocation().getId());
    } else if (Predecessors.keepsData(allocation) && !isLeft()) {
      try {
        Folders.move(
            around.allocations().resolve(awaited.allocation().getId()), root, spec.names());
      } catch (IOException e) {
        LOG.errorf(e, "allocation %s: data of the one before stays there", id());
      }
    }
  }

  private void prepare() {
    if (isLeft()) {
      return;
    }
    try {
      Folders.make(root, spec.names());
      for (String task : spec.names()) {
        Files.createDirectories(store.home(task));
        String user = GroupSpec.task(allocation, task).getUser();
        if (!user.isEmpty()) {
          Folders.give(TaskFolders.of(root, task).secrets(), user);
        }
      }
      offer(new Input.Prepared());
    } catch (IOException e) {
      offer(new Input.PrepareFailed("failed to build task directory: " + e.getMessage()));
    }
  }

  private void finishIfDead(String name, TaskModel task, AllocModel before) {
    if (task.dead() && !before.tasks().get(name).dead()) {
      runs.end(name);
    }
  }

  private void sleep() {
    wake.cancel(false);
    model
        .nextWake(spec)
        .ifPresent(
            at -> {
              Duration wait = Duration.between(around.clock().instant(), at);
              // A millisecond more, for clocks with fractions of one.
              long nanos = Math.max(0, wait.toNanos()) + TimeUnit.MILLISECONDS.toNanos(1);
              wake =
                  around
                      .timer()
                      .schedule(() -> offer(new Input.Look()), nanos, TimeUnit.NANOSECONDS);
            });
  }

  private void conclude() {
    finished.complete(null);
    onFinished.run();
  }

  /** Ends all runs without ending the allocation: the next agent starts them anew. */
  CompletableFuture<Void> interrupt() {
    var done = new CompletableFuture<Void>();
    queue.execute(
        () -> {
          wake.cancel(false);
          var interrupted = new Interruption(runs, queue, around.timer(), done);
          interruption = Optional.of(interrupted);
          try {
            store.markInterrupted();
          } catch (IOException e) {
            LOG.errorf(e, "allocation %s: its tasks will not be started again", id());
          }
          interrupted.begin(spec, model);
        });
    return done;
  }

  /** Lets go of it, leaving its tasks as they are. */
  CompletableFuture<Void> close() {
    var done = new CompletableFuture<Void>();
    queue.execute(
        () -> {
          closed = true;
          wake.cancel(false);
          runs.close();
          done.complete(null);
        });
    return done;
  }

  /** Removes all that is kept of it; it must be finished. */
  CompletableFuture<Void> remove() {
    var done = new CompletableFuture<Void>();
    queue.execute(
        () -> {
          closed = true;
          try {
            Folders.remove(root);
            Folders.remove(around.states().resolve(id()));
          } catch (IOException e) {
            LOG.errorf(e, "allocation %s: its folders stay", id());
          } finally {
            done.complete(null);
          }
        });
    return done;
  }

  public String id() {
    return allocation.getId();
  }

  /** As the control plane last sent it. */
  public Allocation allocation() {
    return allocation;
  }

  /** The group of its job that it is of. */
  public TaskGroup group() {
    return GroupSpec.group(allocation);
  }

  /** What the control plane is told of it. */
  public Allocation report() {
    return report;
  }

  /** Its folder. */
  public Path root() {
    return root;
  }

  boolean prepared() {
    return model.prepared() || isFinished();
  }

  boolean isFinished() {
    return finished.isDone();
  }

  CompletableFuture<Void> finished() {
    return finished;
  }

  /**
   * Where a command is run to be beside a task.
   *
   * @throws Failure NOT_FOUND when the task does not run
   * @throws IOException in its driver's words, when that has no place
   */
  public ExecPlace placeBeside(String task) throws IOException, InterruptedException {
    var place = new CompletableFuture<Optional<ExecPlace>>();
    queue.execute(
        () -> {
          try {
            place.complete(runs.placeBeside(task, model));
          } catch (IOException | RuntimeException e) {
            place.completeExceptionally(e);
          }
        });
    try {
      return place
          .get(ANSWER_SECONDS, TimeUnit.SECONDS)
          .orElseThrow(() -> Failure.notFound("task \"" + task + "\" is not running."));
    } catch (TimeoutException e) {
      throw Failure.unavailable("allocation " + id() + " does not answer");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause
          ? cause
          : new IOException(e.getCause().getMessage(), e);
    }
  }

  /** The tasks that run. */
  public CompletableFuture<Map<String, RunningTask>> running() {
    var result = new CompletableFuture<Map<String, RunningTask>>();
    queue.execute(() -> result.complete(runs.running(model)));
    return result;
  }
}
