package io.steppe.agent.alloc;

import io.steppe.agent.alloc.AllocModel.Phase;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The end of all runs of an allocation because the agent goes: signal, wait, kill. Used on the
 * allocation's queue.
 */
final class Interruption {
  private final Runs runs;
  private final Executor queue;
  private final ScheduledExecutorService timer;
  private final CompletableFuture<Void> done;
  private final Set<String> left = new HashSet<>();

  /**
   * @param done completes with the last of the runs
   */
  Interruption(
      Runs runs, Executor queue, ScheduledExecutorService timer, CompletableFuture<Void> done) {
    this.runs = runs;
    this.queue = queue;
    this.timer = timer;
    this.done = done;
  }

  void begin(GroupSpec spec, AllocModel model) {
    model
        .tasks()
        .forEach(
            (name, task) -> {
              if (task.running() || task.phase() instanceof Phase.Starting) {
                left.add(name);
              }
            });
    for (var task : spec.tasks()) {
      if (left.contains(task.name())) {
        runs.signal(task.name(), task.killSignal());
        timer.schedule(
            () -> queue.execute(() -> force(task.name())),
            task.killTimeout().toMillis(),
            TimeUnit.MILLISECONDS);
      }
    }
    finishIfOver();
  }

  private void force(String task) {
    if (left.contains(task)) {
      runs.kill(task);
    }
  }

  /** A task's run has ended. */
  void over(String task) {
    left.remove(task);
    finishIfOver();
  }

  private void finishIfOver() {
    if (left.isEmpty()) {
      done.complete(null);
    }
  }
}
