package io.steppe.agent.alloc;

import io.steppe.agent.identity.TaskTokens;
import io.steppe.agent.identity.TaskTokens.Change;
import io.steppe.agent.task.StartFailure;
import io.steppe.agent.task.TaskFolders;
import io.steppe.proto.v1.Task;
import io.steppe.rpc.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Identities of the tasks of one allocation while they run. Used on the allocation's queue. */
final class Identities {
  private static final Logger LOG = Logger.getLogger(Identities.class);
  private static final Duration AGAIN = Duration.ofSeconds(15);
  private static final Duration SHORTEST = Duration.ofMillis(200);

  private final String allocation;
  private final Path root;
  private final AllocStore store;
  private final Surroundings around;
  private final Executor queue;
  private final Consumer<Input> offer;
  private final Map<String, Future<?>> renewals = new HashMap<>();

  /**
   * @param offer hears what follows for a task
   */
  Identities(
      String allocation,
      Path root,
      AllocStore store,
      Surroundings around,
      Executor queue,
      Consumer<Input> offer) {
    this.allocation = allocation;
    this.root = root;
    this.store = store;
    this.around = around;
    this.queue = queue;
    this.offer = offer;
  }

  /** What a task that starts gets. */
  Map<String, String> begin(Task task) throws StartFailure {
    TaskTokens tokens = tokens(task);
    Map<String, String> variables = tokens.take();
    watch(task, tokens, tokens.nextRenewal());
    return variables;
  }

  /** What a task got that an earlier agent started. */
  Map<String, String> resume(Task task) {
    TaskTokens tokens = tokens(task);
    watch(task, tokens, tokens.nextRenewal());
    return tokens.kept();
  }

  /** A task is over. */
  void end(String task) {
    Future<?> renewal = renewals.remove(task);
    if (renewal != null) {
      renewal.cancel(false);
    }
  }

  void close() {
    renewals.values().forEach(renewal -> renewal.cancel(false));
    renewals.clear();
  }

  private void watch(Task task, TaskTokens tokens, Instant at) {
    end(task.getName());
    if (at.equals(Instant.MAX)) {
      return;
    }
    Duration wait =
        at.equals(Instant.MIN) ? SHORTEST : Duration.between(around.clock().instant(), at);
    renewals.put(
        task.getName(),
        around
            .timer()
            .schedule(
                () -> queue.execute(() -> renew(task, tokens)),
                Math.max(wait.toMillis(), SHORTEST.toMillis()),
                TimeUnit.MILLISECONDS));
  }

  private void renew(Task task, TaskTokens tokens) {
    if (!renewals.containsKey(task.getName())) {
      return;
    }
    try {
      var renewed = tokens.renew();
      watch(task, tokens, tokens.nextRenewal());
      renewed.forEach(one -> tell(task.getName(), one));
    } catch (Failure failure) {
      LOG.warnf(
          "identities of task %s of allocation %s are not renewed, tried again: %s",
          task.getName(), allocation, failure.getMessage());
      watch(task, tokens, around.clock().instant().plus(AGAIN));
    }
  }

  private void tell(String task, TaskTokens.Renewed renewed) {
    switch (renewed.change()) {
      case Change.Nothing() -> {}
      case Change.Restart() ->
          offer.accept(
              new Input.Restart(task, "Identity[" + renewed.name() + "]: new token acquired"));
      case Change.Signal(String signal) -> offer.accept(new Input.Signal(task, signal));
    }
  }

  private TaskTokens tokens(Task task) {
    return new TaskTokens(
        allocation,
        task,
        store.home(task.getName()),
        TaskFolders.of(root, task.getName()).task(),
        around.signer(),
        around.clock());
  }
}
