package io.steppe.event.change;

import io.grpc.Status;
import io.steppe.ledger.Advance;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.OneThread;
import io.steppe.ledger.View;
import io.steppe.rpc.v1.ChangeBatch;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;

/**
 * Tells watchers what changed, on a thread of its own; what a watcher has no credit for yet reaches
 * it merged.
 */
public final class ChangeHub implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ChangeHub.class);

  /** Where batches go. */
  interface Sink {
    void batch(ChangeBatch batch);

    void end(Status status);
  }

  /** Somebody who watches. Used on the hub's thread. */
  static final class Watcher {
    private final Sink sink;
    private long at;
    private long credit;
    private boolean started;

    Watcher(long afterIndex, long credit, Sink sink) {
      this.at = afterIndex;
      this.credit = credit;
      this.sink = sink;
    }
  }

  private final OneThread thread = new OneThread("changes");
  private final Set<Watcher> watchers = new LinkedHashSet<>();
  private final RecentChanges recent;
  private final int maxWatchers;
  private final AutoCloseable following;
  private long epoch;

  /**
   * @param kept changes that are kept for watchers that come back
   */
  public <V extends View<V>> ChangeHub(Ledger<V> ledger, int kept, int maxWatchers) {
    this.recent = new RecentChanges(kept);
    this.maxWatchers = maxWatchers;
    this.following = ledger.follow(advance -> onThread(() -> advance(advance)));
  }

  void watch(Watcher watcher) {
    onThread(
        () -> {
          if (watchers.size() >= maxWatchers) {
            watcher.sink.end(Status.UNAVAILABLE.withDescription("too many feeds of changes"));
          } else {
            watchers.add(watcher);
            feed(watcher);
          }
        });
  }

  void credit(Watcher watcher, long batches) {
    onThread(
        () -> {
          watcher.credit += batches;
          feed(watcher);
        });
  }

  void cancel(Watcher watcher) {
    onThread(() -> watchers.remove(watcher));
  }

  @Override
  public void close() throws Exception {
    following.close();
    thread.shutdownAfter(
        () -> endAll(Status.UNAVAILABLE.withDescription("event-service is stopping")));
  }

  private void advance(Advance<?> advance) {
    if (advance.reloaded()) {
      boolean otherLog = epoch != 0 && epoch != advance.after().epoch();
      epoch = advance.after().epoch();
      recent.reset(advance.after().index());
      if (otherLog) {
        endAll(
            Status.OUT_OF_RANGE.withDescription("the log was restored or promoted; watch again"));
      }
    } else {
      recent.add(advance.changes(), advance.after().index());
    }
    List.copyOf(watchers).forEach(this::feed);
  }

  private void feed(Watcher watcher) {
    if (epoch == 0 || !watchers.contains(watcher)) {
      return;
    }
    if (!watcher.started) {
      watcher.started = true;
      watcher.credit--;
      // Where it starts: where it asked to, or at the head when what it missed is not known any
      // more.
      watcher.at = watcher.at > 0 && recent.holds(watcher.at) ? watcher.at : recent.last();
      watcher.sink.batch(ChangeBatch.newBuilder().setIndex(watcher.at).setEpoch(epoch).build());
    }
    while (watcher.credit > 0 && watcher.at < recent.last()) {
      if (!recent.holds(watcher.at)) {
        watchers.remove(watcher);
        watcher.sink.end(
            Status.OUT_OF_RANGE.withDescription(
                "changes after " + watcher.at + " are not known any more; watch again"));
        return;
      }
      ChangeBatch batch = recent.after(watcher.at, epoch);
      watcher.at = batch.getIndex();
      watcher.credit--;
      watcher.sink.batch(batch);
    }
  }

  private void endAll(Status status) {
    watchers.forEach(watcher -> watcher.sink.end(status));
    watchers.clear();
  }

  private void onThread(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("The feed of changes is closed");
    }
  }
}
