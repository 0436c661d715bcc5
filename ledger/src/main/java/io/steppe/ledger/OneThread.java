package io.steppe.ledger;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jboss.logging.Logger;

/**
 * An executor of one daemon thread. A task that throws is logged, where the executor it is made
 * from would keep it to itself; what was scheduled is dropped on shutdown.
 */
public final class OneThread extends ScheduledThreadPoolExecutor {
  private static final Logger LOG = Logger.getLogger(OneThread.class);

  private final String name;

  public OneThread(String name) {
    super(1, Thread.ofPlatform().daemon().name(name).factory());
    this.name = name;
    setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    setRemoveOnCancelPolicy(true);
  }

  /** Runs a last task after those that wait to run now, then shuts down. */
  public void shutdownAfter(Runnable last) {
    execute(
        () -> {
          try {
            last.run();
          } finally {
            shutdown();
          }
        });
  }

  @Override
  protected void afterExecute(Runnable task, Throwable thrown) {
    super.afterExecute(task, thrown);
    if (thrown != null) {
      tell(thrown);
    } else if (task instanceof Future<?> future && future.isDone()) {
      try {
        future.get();
      } catch (ExecutionException e) {
        tell(e.getCause());
      } catch (CancellationException e) {
        LOG.debugf("A task on thread %s was cancelled", name);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void tell(Throwable failure) {
    if (failure instanceof RejectedExecutionException && isShutdown()) {
      LOG.debugf("A task on thread %s would have gone on after its end", name);
    } else {
      LOG.errorf(failure, "A task on thread %s failed", name);
    }
  }
}
