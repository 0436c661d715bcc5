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
  private final Ledger<?> ledger;
  private final LogReader reader;
  private final EventEncoder encoder;
  private final Duration stall;
  private final int maxSubscriptions;
  private final AutoCloseable following;
  private long epoch;

  /**
   * @param region whose log it is
   * @param reader opens a reader that answers on the given thread
   * @param bufferBytes of encoded events that are kept for live streams
   * @param stall how long a subscriber may take nothing while something waits for it
   */
  public <V extends View<V>> EventHub(
      String region,
      Ledger<V> ledger,
      Function<Executor, LogReader> reader,
      long bufferBytes,
      Duration stall,
      int maxSubscriptions) {
    this.ledger = ledger;
    this.encoder = new EventEncoder(region);
    this.recent = new RecentEvents(bufferBytes);
    this.reader = reader.apply(thread);
    this.stall = stall;
    this.maxSubscriptions = maxSubscriptions;
    this.following = ledger.follow(advance -> onThread(() -> advance(advance)));
    thread.scheduleWithFixedDelay(
        this::cutStalled, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Begins to feed a subscription. */
  public void subscribe(Subscription subscription) {
    onThread(
        () -> {
          if (subscription.bounded()) {
            bound(subscription);
          } else {
            begin(subscription);
          }
        });
  }

  private void begin(Subscription subscription) {
    if (subscriptions.size() >= maxSubscriptions) {
      subscription.end(Status.UNAVAILABLE.withDescription("too many event streams"));
    } else {
      subscriptions.add(subscription);
      feed(subscription);
    }
  }

  /** Looks what the log has of a piece before it begins. */
  private void bound(Subscription subscription) {
    ledger
        .latest()
        .emitOn(thread)
        .chain(
            latest ->
                reader
                    .after(latest.index())
                    .invoke(chunk -> subscription.bound(chunk.oldest(), latest.index())))
        .subscribe()
        .with(
            chunk -> begin(subscription),
            failure -> subscription.end(Status.UNAVAILABLE.withDescription(failure.getMessage())));
  }

  /** Lets a subscription have more bytes. */
  public void credit(Subscription subscription, long bytes) {
    onThread(
        () -> {
          subscription.credit(bytes);
          feed(subscription);
        });
  }

  /** Forgets a subscription whose reader is gone. */
  public void cancel(Subscription subscription) {
    onThread(
        () -> {
          subscription.cancelled();
          subscriptions.remove(subscription);
        });
  }

  @Override
  public void close() throws Exception {
    following.close();
    thread.shutdownAfter(
        () -> {
          endAll(Status.UNAVAILABLE.withDescription("event-service is stopping"));
          reader.close();
        });
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
      recent.add(
          encoder.encode(advance.after().epoch(), advance.changes()), advance.after().index());
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
                subscription.replayed(
                    encoder.encode(epoch, chunk.changes()), chunk.oldest(), chunk.upTo());
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
