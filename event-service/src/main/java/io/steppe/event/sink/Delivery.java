package io.steppe.event.sink;

import io.steppe.event.stream.EventHub;
import io.steppe.rpc.v1.SubscribeRequest;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Delivers one sink's events in order, each at least once, on a virtual thread: a batch is tried
 * until it is taken, then the place is moved, then the next one is tried.
 */
final class Delivery {
  private static final Logger LOG = Logger.getLogger(Delivery.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofSeconds(5);

  /**
   * What all deliveries share.
   *
   * @param replica that delivers
   * @param lines in one batch at most
   * @param bytes in one batch, but for a single index that has more
   */
  record Tools(
      EventHub hub,
      SinkStore store,
      SinkSecrets secrets,
      Poster poster,
      Backoff backoff,
      InstantSource clock,
      String replica,
      int lines,
      int bytes) {}

  /** The sink is another by now, or gone. */
  private static final class Outdated extends Exception {
    private static final long serialVersionUID = 1;
  }

  private final Sink sink;
  private final Tools tools;
  private final Thread thread;
  private long place;
  private int failures;

  Delivery(Sink sink, Tools tools) {
    this.sink = sink;
    this.tools = tools;
    this.place = sink.delivered();
    this.failures = sink.progress().failures();
    this.thread = Thread.ofVirtual().name("sink-" + sink.id()).unstarted(this::run);
  }

  Sink sink() {
    return sink;
  }

  void start() {
    thread.start();
  }

  /** Whether it has ended by itself. */
  boolean ended() {
    return !thread.isAlive();
  }

  void stop() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        deliver();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException stopped) {
      LOG.debugf("%s is no longer delivered here", sink);
    } catch (Outdated outdated) {
      LOG.debugf("%s has changed", sink);
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "Delivery of %s failed; it is begun again", sink);
    }
  }

  /** Delivers until the stream of events ends. */
  private void deliver() throws InterruptedException, Outdated {
    SubscribeRequest wanted = SinkRules.subscription(sink.definition());
    try (Lines lines = new Lines(tools.hub(), wanted, place + 1)) {
      while (lines.ended().isEmpty()) {
        long reached = lines.reached();
        Optional<Batch> batch = lines.next(tools.lines(), tools.bytes(), LOOK);
        noteMissing(lines.takeMissing());
        if (batch.isPresent()) {
          deliver(batch.get());
          lines.taken(batch.get());
        } else if (reached > place) {
          pass(reached);
        }
      }
      LOG.debugf("The events of %s ended: %s", sink, lines.ended().get());
    }
  }

  private void deliver(Batch batch) throws InterruptedException, Outdated {
    Optional<String> refused = tools.poster().post(sink, batch);
    while (refused.isPresent()) {
      failures++;
      Duration pause = tools.backoff().after(failures);
      fail(refused.get(), pause);
      Thread.sleep(pause);
      refused = tools.poster().post(sink, batch);
    }
    if (failures > 0) {
      LOG.infof("Deliveries to %s succeed again after %d failures", sink, failures);
      failures = 0;
    }
    save(() -> tools.store().delivered(sink, batch.last(), tools.replica()));
    place = batch.last();
  }

  private void fail(String error, Duration pause) throws InterruptedException, Outdated {
    if (failures == 1) {
      LOG.warnf("A delivery to %s failed and is tried again: %s", sink, error);
    }
    int count = failures;
    save(
        () ->
            tools
                .store()
                .failed(sink, error, count, tools.clock().instant().plus(pause), tools.replica()));
  }

  private void pass(long reached) throws InterruptedException, Outdated {
    save(() -> tools.store().passed(sink, reached, tools.replica()));
    place = reached;
  }

  private void noteMissing(long indexes) throws InterruptedException, Outdated {
    if (indexes > 0) {
      LOG.warnf("%s was so far behind that %d indexes are no longer kept", sink, indexes);
      save(() -> tools.store().lost(sink, indexes, tools.replica()));
    }
  }

  /** What was delivered is noted, however long the database takes: else it comes again. */
  private void save(BooleanSupplier save) throws InterruptedException, Outdated {
    while (true) {
      try {
        if (!save.getAsBoolean()) {
          throw new Outdated();
        }
        return;
      } catch (PersistenceException e) {
        LOG.debugf("How far %s is could not be noted: %s", sink, e.getMessage());
        Thread.sleep(PAUSE);
      }
    }
  }
}
