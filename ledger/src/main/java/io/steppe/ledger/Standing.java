package io.steppe.ledger;

import io.smallrye.mutiny.subscription.UniEmitter;
import io.steppe.rpc.Failure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The view as it stands: where it is, who follows it, who waits for it to get somewhere. Everything
 * but {@link #snapshot} is called on the ledger's thread.
 */
final class Standing<V extends View<V>> {
  private static final Logger LOG = Logger.getLogger(Standing.class);

  /** Reads that may wait for an index; beyond, the replica is too far behind to take more. */
  private static final int MAX_WAITERS = 100_000;

  private record Waiter<V extends View<V>>(
      long index, long deadlineNanos, UniEmitter<? super Snapshot<V>> emitter)
      implements Comparable<Waiter<V>> {
    @Override
    public int compareTo(Waiter<V> other) {
      return Long.compare(index, other.index);
    }
  }

  private static final class Follower<V extends View<V>> {
    final Consumer<Advance<V>> consumer;
    final AtomicBoolean closed = new AtomicBoolean();
    boolean behind = true;

    Follower(Consumer<Advance<V>> consumer) {
      this.consumer = consumer;
    }
  }

  private final List<Follower<V>> followers = new ArrayList<>();
  private final PriorityQueue<Waiter<V>> waiters = new PriorityQueue<>();
  private volatile Snapshot<V> snapshot;
  private boolean loaded;

  Standing(V empty, Instant now) {
    snapshot = new Snapshot<>(0, 0, empty, Map.of(), now);
  }

  Snapshot<V> snapshot() {
    return snapshot;
  }

  boolean loaded() {
    return loaded;
  }

  /** Replaces everything: the first load, or another epoch. */
  void reload(Snapshot<V> fresh) {
    Snapshot<V> before = snapshot;
    boolean otherLog =
        loaded && (fresh.epoch() != before.epoch() || fresh.index() < before.index());
    snapshot = fresh;
    loaded = true;
    followers.forEach(follower -> follower.behind = true);
    tell(new Advance<>(before, fresh, List.of(), true));
    if (otherLog) {
      failWaiters(Failure.unavailable("the log was restored or promoted; read again"));
    } else {
      wake();
    }
  }

  /** One step further. */
  void advance(Snapshot<V> after, List<LoggedChange> changes) {
    Snapshot<V> before = snapshot;
    snapshot = after;
    tell(new Advance<>(before, after, changes, false));
    wake();
  }

  /** The view was the newest there was at {@code when}. */
  void confirm(Instant when) {
    Snapshot<V> now = snapshot;
    if (when.isAfter(now.newestAt())) {
      snapshot = new Snapshot<>(now.epoch(), now.index(), now.view(), now.tableIndexes(), when);
    }
  }

  AutoCloseable follow(Consumer<Advance<V>> consumer, Executor thread) {
    Follower<V> follower = new Follower<>(consumer);
    thread.execute(
        () -> {
          followers.add(follower);
          if (loaded) {
            call(follower, new Advance<>(snapshot, snapshot, List.of(), true));
          }
        });
    return () -> {
      follower.closed.set(true);
      thread.execute(() -> followers.remove(follower));
    };
  }

  void await(long index, long deadlineNanos, UniEmitter<? super Snapshot<V>> emitter) {
    if (loaded && snapshot.index() >= index) {
      emitter.complete(snapshot);
    } else if (waiters.size() >= MAX_WAITERS) {
      emitter.fail(Failure.unavailable("too many reads wait for index " + index));
    } else {
      Waiter<V> waiter = new Waiter<>(index, deadlineNanos, emitter);
      waiters.add(waiter);
    }
  }

  /** Whether somebody waits for more than is there. */
  boolean wanted() {
    return !waiters.isEmpty();
  }

  /** Fails those who waited too long. Who is told may wait again at once, so they are told last. */
  void expire(long nowNanos) {
    List<Waiter<V>> late =
        waiters.stream().filter(waiter -> nowNanos - waiter.deadlineNanos() > 0).toList();
    if (!late.isEmpty()) {
      waiters.removeIf(waiter -> nowNanos - waiter.deadlineNanos() > 0);
      late.forEach(
          waiter ->
              waiter
                  .emitter()
                  .fail(
                      Failure.unavailable(
                          "the view did not reach index " + waiter.index() + " in time")));
    }
  }

  void failWaiters(Failure failure) {
    List<Waiter<V>> all = List.copyOf(waiters);
    waiters.clear();
    all.forEach(waiter -> waiter.emitter().fail(failure));
  }

  private void wake() {
    while (!waiters.isEmpty() && waiters.peek().index() <= snapshot.index()) {
      waiters.poll().emitter().complete(snapshot);
    }
  }

  private void tell(Advance<V> advance) {
    for (Follower<V> follower : List.copyOf(followers)) {
      call(follower, advance);
    }
  }

  /** A follower that fails misses a step; it gets the whole view next time instead. */
  private void call(Follower<V> follower, Advance<V> advance) {
    if (follower.closed.get()) {
      return;
    }
    Advance<V> step =
        follower.behind
            ? new Advance<>(advance.before(), advance.after(), List.of(), true)
            : advance;
    try {
      follower.behind = false;
      follower.consumer.accept(step);
    } catch (RuntimeException e) {
      follower.behind = true;
      LOG.errorf(
          e,
          "A follower of the log failed at index %d; it is given the whole view next",
          advance.after().index());
    }
  }
}
