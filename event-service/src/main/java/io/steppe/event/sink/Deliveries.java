package io.steppe.event.sink;

import io.steppe.ledger.OneThread;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.seal.CannotOpenException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Delivers the sinks that belong to this replica, and stops with those that no longer do. */
public final class Deliveries implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Deliveries.class);

  private final OneThread thread = new OneThread("sinks");
  private final Map<String, Delivery> running = new HashMap<>();
  private final SinkStore store;
  private final Replicas replicas;
  private final Delivery.Tools tools;
  private boolean failing;

  Deliveries(SinkStore store, Replicas replicas, Delivery.Tools tools) {
    this.store = store;
    this.replicas = replicas;
    this.tools = tools;
  }

  /** Begins to look for sinks. */
  public void start(Duration interval) {
    thread.scheduleWithFixedDelay(this::look, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    thread.shutdownAfter(this::stopAll);
    tools.poster().close();
  }

  private void look() {
    try {
      if (replicas.self().alive()) {
        adjust(store.all());
      } else {
        stopAll();
      }
      failing = false;
    } catch (RuntimeException e) {
      if (!failing) {
        LOG.warnf("The sinks of events can't be looked at, tried again: %s", e.getMessage());
        failing = true;
      }
    }
  }

  private void adjust(List<Sink> sinks) {
    List<String> members =
        replicas.members("event-service").stream().map(Replicas.Member::id).toList();
    Map<String, Sink> mine = new HashMap<>();
    for (Sink sink : sinks) {
      boolean here = Owner.of(sink.id(), members).filter(tools.replica()::equals).isPresent();
      if (here) {
        sealAnew(sink);
      }
      if (here && !sink.definition().getPaused()) {
        mine.put(sink.id(), sink);
      }
    }
    running.values().removeIf(delivery -> isOver(delivery, mine.get(delivery.sink().id())));
    mine.forEach((id, sink) -> running.computeIfAbsent(id, missing -> started(sink)));
  }

  private void sealAnew(Sink sink) {
    SinkSecrets secrets = tools.secrets();
    if (!secrets.isOutdated(sink)) {
      return;
    }
    try {
      store.sealAnew(sink, secrets.seal(sink.id(), secrets.open(sink)));
      LOG.infof("The secret of %s is sealed with the newest key", sink);
    } catch (CannotOpenException e) {
      LOG.debugf("The secret of %s can't be opened: %s", sink, e.getMessage());
    }
  }

  private static boolean isOver(Delivery delivery, Sink now) {
    boolean same = now != null && now.version() == delivery.sink().version();
    if (!same) {
      delivery.stop();
    }
    return !same || delivery.ended();
  }

  private Delivery started(Sink sink) {
    Delivery delivery = new Delivery(sink, tools);
    delivery.start();
    return delivery;
  }

  private void stopAll() {
    running.values().forEach(Delivery::stop);
    running.clear();
  }
}
