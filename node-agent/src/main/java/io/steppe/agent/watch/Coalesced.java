package io.steppe.agent.watch;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Work that, asked for any number of times while it runs, runs once more afterwards. */
public final class Coalesced {
  private static final Logger LOG = Logger.getLogger(Coalesced.class);

  private final Executor executor;
  private final Runnable work;
  private final AtomicInteger asked = new AtomicInteger();

  public Coalesced(Executor executor, Runnable work) {
    this.executor = executor;
    this.work = work;
  }

  /** Asks for a run that begins after this call. */
  public void ask() {
    if (asked.getAndIncrement() == 0) {
      executor.execute(this::run);
    }
  }

  private void run() {
    int seen = asked.get();
    try {
      work.run();
    } finally {
      if (asked.addAndGet(-seen) > 0) {
        again();
      }
    }
  }

  private void again() {
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException e) {
      LOG.debug("Asked for once more, but the executor is closed");
    }
  }
}
