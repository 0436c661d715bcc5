package io.steppe.agent.docker;

import io.steppe.agent.docker.Engine.Container;
import io.steppe.agent.driver.Driver;
import io.steppe.agent.driver.DriverFingerprint;
import io.steppe.agent.driver.ExecPlace;
import io.steppe.agent.driver.Isolation;
import io.steppe.agent.driver.RunListener;
import io.steppe.agent.driver.TaskRun;
import io.steppe.agent.stats.TaskUsage;
import io.steppe.agent.task.Exit;
import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Runs containers by the Docker Engine API. A container outlives the agent and is found again by
 * its name and labels; one that belongs to no run any more is removed. Settings: {@code image},
 * {@code command}, {@code args}, {@code entrypoint}, {@code ports}, {@code port_map}, {@code
 * volumes}, {@code network_mode}, {@code labels}, {@code work_dir}, {@code hostname}, {@code
 * force_pull}, {@code image_pull_timeout}, {@code auth}, {@code privileged}, {@code cap_add},
 * {@code cap_drop}, {@code cpu_hard_limit}, {@code pids_limit}, {@code logging} and a few that are
 * passed on as they are.
 */
public final class DockerDriver implements Driver {
  private static final Logger LOG = Logger.getLogger(DockerDriver.class);
  private static final String DEFAULT_SIGNAL = "SIGTERM";

  /** A container that two looks in a row find without a run belongs to none. */
  private static final Duration ORPHANS = Duration.ofSeconds(60);

  private final DockerSettings settings;
  private final String node;
  private final Engine engine;
  private final Executor executor;
  private final Future<?> rounds;
  private final Map<TaskRun.Key, Held> held = new ConcurrentHashMap<>();
  private Set<String> suspects = Set.of();

  /**
   * @param node the node's id: agents that share an engine keep their containers apart by it
   */
  public DockerDriver(
      DockerSettings settings, String node, Executor executor, ScheduledExecutorService timer) {
    this.settings = settings;
    this.node = node;
    this.engine = new Engine(settings.socket(), timer);
    this.executor = executor;
    this.rounds =
        timer.scheduleWithFixedDelay(
            () -> executor.execute(this::removeOrphans),
            ORPHANS.toMillis(),
            ORPHANS.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public String name() {
    return "docker";
  }

  @Override
  public Isolation isolation() {
    return Isolation.IMAGE;
  }

  @Override
  public DriverFingerprint fingerprint() {
    try {
      Map<String, String> attributes = new HashMap<>();
      attributes.put("driver.docker.version", engine.version().version());
      if (settings.allowPrivileged()) {
        attributes.put("driver.docker.privileged.enabled", "true");
      }
      if (settings.allowVolumes()) {
        attributes.put("driver.docker.volumes.enabled", "true");
      }
      return DriverFingerprint.healthy(name(), attributes);
    } catch (IOException e) {
      LOG.debugf("no engine at %s: %s", settings.socket(), e.getMessage());
      return DriverFingerprint.undetected("Failed to connect to docker daemon");
    }
  }

  @Override
  public void start(TaskRun run, RunListener listener) throws StartFailure {
    var spec = new ContainerSpec(run, settings, node);
    spec.body(true);
    Duration limit = run.config().duration("image_pull_timeout");
    Held one = new Held(run, listener);
    held.put(run.key(), one);
    executor.execute(() -> one.launch(spec, limit.isZero() ? DockerSettings.PULL : limit));
  }

  @Override
  public boolean adopt(TaskRun run, RunListener listener) {
    Held one = new Held(run, listener);
    try {
      Optional<Container> found = own(run);
      if (found.isEmpty() || !found.get().begun()) {
        boolean ran = !run.began().equals(Instant.EPOCH);
        if (ran) {
          listener.exited(Exit.unknown("the task's container is gone"));
        }
        return ran;
      }
    } catch (IOException e) {
      LOG.warnf(
          "task %s of allocation %s: no answer from the engine yet: %s",
          run.task(), run.allocation(), e.getMessage());
    }
    held.put(run.key(), one);
    listener.started();
    one.watch();
    return true;
  }

  /** The run's container, if the engine has it. */
  private Optional<Container> own(TaskRun run) throws IOException {
    return engine
        .inspect(ContainerSpec.name(run))
        .filter(
            container ->
                container.label(ContainerSpec.RUN).equals(String.valueOf(run.number()))
                    && container.label(ContainerSpec.NODE).equals(node));
  }

  @Override
  public void signal(TaskRun run, String signal) throws IOException {
    engine.kill(ContainerSpec.name(run), signal.isEmpty() ? DEFAULT_SIGNAL : signal);
  }

  @Override
  public void kill(TaskRun run) {
    try {
      engine.kill(ContainerSpec.name(run), "SIGKILL");
    } catch (IOException e) {
      LOG.errorf(
          "task %s of allocation %s: not killed: %s", run.task(), run.allocation(), e.getMessage());
    }
  }

  @Override
  public TaskUsage usage(TaskRun run) throws IOException {
    long before = System.nanoTime();
    Map<String, Object> stats = engine.stats(ContainerSpec.name(run));
    return EngineUsage.of(stats, before + (System.nanoTime() - before) / 2);
  }

  /** Not this machine's to see: the engine may have them elsewhere. */
  @Override
  public List<Long> processes(TaskRun run) {
    return List.of();
  }

  @Override
  public ExecPlace execIn(TaskRun run) {
    return new ExecPlace.OfEngine(
        (command, tty) ->
            new ContainerProcess(
                engine, engine.createExec(ContainerSpec.name(run), command, tty), tty));
  }

  void removeOrphans() {
    try {
      Set<String> unheld = new HashSet<>();
      for (Map<String, Object> container : engine.labelled(ContainerSpec.NODE + "=" + node)) {
        if (!held(Fields.object(container, "Labels"))) {
          unheld.add(Fields.text(container, "Id"));
        }
      }
      for (String id : unheld) {
        if (suspects.contains(id)) {
          LOG.infof("container %s belongs to no task: removed", id);
          engine.remove(id);
        }
      }
      suspects = unheld;
    } catch (IOException e) {
      LOG.debugf("containers can't be looked through: %s", e.getMessage());
    }
  }

  private boolean held(Map<String, Object> labels) {
    String run = Fields.text(labels, ContainerSpec.RUN);
    return held.keySet().stream()
        .anyMatch(
            key ->
                key.allocation().equals(Fields.text(labels, ContainerSpec.ALLOCATION))
                    && key.task().equals(Fields.text(labels, ContainerSpec.TASK))
                    && run.equals(String.valueOf(key.number())));
  }

  @Override
  public void close() {
    rounds.cancel(false);
    held.values().forEach(one -> one.over = true);
    engine.close();
  }

  /** A run this agent looks after. */
  private final class Held {
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration LAST_OUTPUT = Duration.ofSeconds(30);

    private final TaskRun run;
    private final RunListener listener;
    private final String container;
    private volatile boolean over;
    private volatile boolean ended;

    Held(TaskRun run, RunListener listener) {
      this.run = run;
      this.listener = listener;
      this.container = ContainerSpec.name(run);
    }

    void launch(ContainerSpec spec, Duration pullLimit) {
      String step = "Failed to find the image";
      try {
        ImageName image = spec.image();
        if (run.config().flag("force_pull") || image.moves() || !engine.hasImage(image.full())) {
          step = "Failed to pull `" + image.full() + "`";
          listener.event("Downloading image", Map.of("image", image.full()));
          engine.pull(image, spec.auth(), pullLimit);
        }
        step = "failed to create container";
        engine.remove(container);
        if (run.logged()) {
          new OutputCopy(run.home(), run.number()).close();
        }
        engine.create(container, spec.body(!engine.version().podman()));
        step = "Failed to start container";
        engine.start(container);
      } catch (EngineFailure e) {
        fail(step + ": " + e.getMessage(), e.passing());
        return;
      } catch (StartFailure e) {
        fail(e.getMessage(), e.recoverable());
        return;
      } catch (IOException e) {
        fail(step + ": " + e.getMessage(), true);
        return;
      }
      listener.started();
      watch();
    }

    private void fail(String error, boolean recoverable) {
      if (!over) {
        held.remove(run.key(), this);
        listener.startFailed(error, recoverable);
      }
    }

    /** Copies its output, and tells its end after the last of it. */
    void watch() {
      Thread copying = Thread.ofVirtual().name("output " + container).unstarted(this::copyOutput);
      if (run.logged()) {
        copying.start();
      }
      executor.execute(
          () -> {
            try {
              Exit exit = awaitEnd();
              ended = true;
              if (run.logged() && !copying.join(LAST_OUTPUT)) {
                LOG.warnf("container %s ended, but its output does not", container);
              }
              if (!over) {
                over = true;
                held.remove(run.key(), this);
                listener.exited(exit);
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }

    private Exit awaitEnd() throws InterruptedException {
      while (true) {
        try {
          Optional<Container> now = own(run);
          if (now.isEmpty()) {
            return Exit.unknown("the task's container is gone");
          }
          if (!now.get().running()) {
            return exit(now.get());
          }
          engine.await(container);
        } catch (IOException e) {
          if (over) {
            throw new InterruptedException("the agent ends");
          }
          LOG.debugf("container %s: %s", container, e.getMessage());
          Thread.sleep(AGAIN);
        }
      }
    }

    private static Exit exit(Container container) {
      int code = container.exitCode();
      if (code == 0) {
        return Exit.SUCCESS;
      }
      Exit exit = new Exit(code, 0, "Docker container exited with non-zero exit code: " + code);
      return container.oom() ? exit.outOfMemory() : exit;
    }

    /**
     * An engine may end its log before the last entry; one more look after the end has them all.
     */
    private void copyOutput() {
      boolean complete = false;
      while (!over && !complete) {
        boolean last = ended;
        try (var copy = new OutputCopy(run.home(), run.number());
            EngineCall log = engine.logs(container, copy.since(), !last)) {
          copy.copy(new Frames(log.body()));
          complete = last;
        } catch (EngineFailure e) {
          LOG.warnf("output of container %s: %s", container, e.getMessage());
          complete = !e.passing() || last;
        } catch (IOException e) {
          LOG.debugf("output of container %s: %s", container, e.getMessage());
          complete = last;
        }
        if (!over && !complete) {
          pause();
        }
      }
    }

    private void pause() {
      try {
        Thread.sleep(ended ? Duration.ofMillis(10) : Duration.ofMillis(200));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
