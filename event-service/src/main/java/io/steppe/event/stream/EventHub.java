package io.steppe.event.stream;

import io.grpc.Status;
import io.steppe.ledger.Advance;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LogReader;
import io.steppe.ledger.OneThread;
import io.steppe.ledger.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Feeds all subscribers, on a thread of its own: each event of the log's end is encoded once; who
 * is further behind reads the log by short queries until it is near.
 */
public final class EventHub implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(EventHub.class);
  private static final Duration TICK = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final OneThread thread = new OneThread("events");
  private final Set<Subscription> subscriptions = new LinkedHashSet<>();
  private final RecentEvents recent;
  private final LogReader reader;
  private final Duration stall;
  private final int maxSubscriptions;
  private final AutoCloseable following;
  private long epoch;

  /**
   * @param reader opens a reader that answers on the given thread
   * @param bufferBytes of encoded events that are kept for live streams
   * @param stall how long a subscriber may take nothing while something waits for it
   */
  public <V extends View<V>> EventHub(
      Ledger<V> ledger,
      Function<Executor, LogReader> reader,
      long bufferBytes,
      Duration stall,
      int maxSubscriptions) {
    this.recent = new RecentEvents(bufferBytes);
    this.reader = reader.apply(thread);
    this.stall = stall;
    this.maxSubscriptions = maxSubscriptions;
    this.following = ledger.follow(advance -> onThread(() -> advance(advance)));
    thread.scheduleWithFixedDelay(
        this::cutStalled, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  void subscribe(Subscription subscription) {
    onThread(
        () -> {
          if (subscriptions.size() >= maxSubscriptions) {
            subscription.end(Status.UNAVAILABLE.withDescription("too many event streams"));
          } else {
            subscriptions.add(subscription);
            feed(subscription);
          }
        });
  }

  void credit(Subscription subscription, long bytes) {
    onThread(
        () -> {
          subscription.credit(bytes);
          feed(subscription);
        });
  }

  void cancel(Subscription subscription) {
    onThread(
        () -> {
          subscription.cancelled();
          subscriptions.remove(subscription);
        });
  }

  @Override
  public void close() throws Exception {
    following.close();
    thread.execute(
        () -> {
          endAll(Status.UNAVAILABLE.withDescription("event-service is stopping"));
          reader.close();
        });
    thread.shutdown();
  }

  private void advance(Advance<?> advance) {
    if (advance.reloaded()) {
      boolean otherLog = epoch != 0 && epoch != advance.after().epoch();
      epoch = advance.after().epoch();
      recent.reset(advance.after().index());
      if (otherLog) {
        endAll(
            Status.OUT_OF_RANGE.withDescription(
                "the log was restored or promoted; subscribe again"));
      }
    } else {
      recent.add(EventEncoder.encode(advance.changes()), advance.after().index());
    }
    List.copyOf(subscriptions).forEach(this::feed);
  }

  private void feed(Subscription subscription) {
    if (epoch != 0 && !subscription.ended()) {
      Subscription.Need need = subscription.feed(recent, System.nanoTime());
      if (need == Subscription.Need.REPLAY) {
        replay(subscription);
      }
    }
    if (subscription.ended()) {
      subscriptions.remove(subscription);
    }
  }

  private void replay(Subscription subscription) {
    long from = subscription.next();
    reader
        .after(from - 1)
        .subscribe()
        .with(
            chunk -> {
              if (chunk.epoch() != epoch) {
                subscription.end(
                    Status.OUT_OF_RANGE.withDescription(
                        "the log was restored or promoted; subscribe again"));
              } else if (chunk.oldest() > from && subscription.started()) {
                subscription.end(
                    Status.OUT_OF_RANGE.withDescription(
                        "the log begins at index "
                            + chunk.oldest()
                            + "; event "
                            + from
                            + " is gone"));
              } else {
                subscription.replayed(EventEncoder.encode(chunk.changes()), chunk.upTo());
              }
              feed(subscription);
            },
            failure -> {
              LOG.debugf("A replay from index %d failed: %s", from, failure.getMessage());
              if (!subscription.ended() && !thread.isShutdown()) {
                thread.schedule(
                    () -> replay(subscription), RETRY.toMillis(), TimeUnit.MILLISECONDS);
              }
            });
  }

  private void cutStalled() {
    long now = System.nanoTime();
    for (Subscription subscription : List.copyOf(subscriptions)) {
      if (subscription.stalled(now, stall.toNanos())) {
        LOG.infof(
            "An event stream was cut at index %d: it took nothing for %s",
            subscription.next(), stall);
        subscription.end(
            Status.OUT_OF_RANGE.withDescription(
                "the reader took nothing for " + stall.toSeconds() + " s; subscribe again"));
        subscriptions.remove(subscription);
      }
    }
  }

  private void endAll(Status status) {
    new ArrayList<>(subscriptions).forEach(subscription -> subscription.end(status));
    subscriptions.clear();
  }

  private void onThread(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("The event streams are closed");
    }
  }
}
