package io.steppe.alloc.collection;

import io.steppe.alloc.evaluation.Ownership;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.ledger.Ledger;
import io.steppe.rpc.v1.PlanReply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Deletes what is over for long, from time to time and in small commits. One replica does. */
public final class GarbageCollector implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(GarbageCollector.class);
  private static final String TASK = "garbage-collector";
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /** Jobs and evaluations in one commit. */
  private static final int BATCH = 200;

  private final Ledger<AllocView> ledger;
  private final Ages ages;
  private final Duration interval;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name(TASK).factory());
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile Ownership ownership;

  public GarbageCollector(
      Ledger<AllocView> ledger,
      Ages ages,
      Duration interval,
      Ownership ownership,
      InstantSource clock) {
    this.ledger = ledger;
    this.ages = ages;
    this.interval = interval;
    this.ownership = ownership;
    this.clock = clock;
  }

  public void start() {
    timer.scheduleWithFixedDelay(
        this::run, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
  }

  public void share(Ownership shared) {
    ownership = shared;
  }

  private void run() {
    if (ownership.owns(TASK)) {
      collect(ages);
    }
  }

  /** Deletes all that is over, however young, soon; whatever this replica's share is. */
  public void collectAllSoon() {
    if (asked.compareAndSet(false, true)) {
      timer.execute(
          () -> {
            asked.set(false);
            collect(Ages.NONE);
          });
    }
  }

  private void collect(Ages old) {
    try {
      collectAll(old);
    } catch (RuntimeException e) {
      LOG.warnf(
          "What is over could not be deleted, the next round tries again: %s", e.getMessage());
    }
  }

  /** Deletes all there is to delete now. */
  public void collect() {
    collectAll(ages);
  }

  private void collectAll(Ages old) {
    while (!timer.isShutdown() && collectSome(old)) {
      LOG.debug("Deleted a batch of what is over");
    }
  }

  private boolean collectSome(Ages old) {
    var snapshot = ledger.snapshot();
    var garbage = new Garbage(snapshot.view(), old, nanos(clock.instant()));
    var jobs = garbage.jobs(BATCH);
    var evaluations = garbage.evaluations(BATCH);
    var orphans = garbage.orphans(BATCH);
    if (jobs.isEmpty() && evaluations.isEmpty() && orphans.isEmpty()) {
      return false;
    }
    var reply =
        ledger
            .commit(
                "",
                PlanReply.parser(),
                (view, index, now) -> {
                  var edit = new Edit(view, index, now);
                  Garbage.delete(edit, old, jobs, evaluations, orphans);
                  return edit.outcome(
                      PlanReply.newBuilder().setIndex(edit.isEmpty() ? 0 : index).build());
                })
            .await()
            .atMost(ANSWER);
    if (reply.getIndex() == 0) {
      return false;
    }
    ledger.at(reply.getIndex()).await().atMost(ANSWER);
    return true;
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
