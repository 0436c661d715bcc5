package io.steppe.event.sink;

import io.steppe.ledger.Ledger;
import io.steppe.ledger.seal.Sealed;
import io.steppe.proto.v1.EventSink;
import io.steppe.proto.v1.EventSinkState;
import io.steppe.rpc.Failure;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Registers sinks and tells how far they are. Blocks. */
public final class SinkBook {
  private static final Logger LOG = Logger.getLogger(SinkBook.class);
  private static final Duration WAIT = Duration.ofSeconds(20);

  private final SinkStore store;
  private final SinkRules rules;
  private final SinkSecrets secrets;
  private final Ledger<?> ledger;
  private final int most;

  /**
   * @param most sinks there may be
   */
  SinkBook(SinkStore store, SinkRules rules, SinkSecrets secrets, Ledger<?> ledger, int most) {
    this.store = store;
    this.rules = rules;
    this.secrets = secrets;
    this.ledger = ledger;
    this.most = most;
  }

  /** All sinks, in order of id. */
  List<EventSink> all() {
    return ask(() -> store.all().stream().map(this::shown).toList());
  }

  /**
   * A sink.
   *
   * @throws Failure NOT_FOUND
   */
  EventSink get(String id) {
    return ask(() -> store.get(id).map(this::shown).orElseThrow(SinkBook::unknown));
  }

  /**
   * Makes or replaces a sink. A new one starts at the head unless it names an index, and needs a
   * secret; a known one goes on where it is and keeps its secret unless it is given another.
   *
   * @throws Failure INVALID with the reason
   */
  EventSink put(EventSink given) {
    EventSink sink = rules.canonical(given);
    Optional<Long> place =
        sink.getIndex() == 0 ? Optional.empty() : Optional.of(sink.getIndex() - 1);
    return ask(
        () -> {
          Optional<Sealed> secret =
              sink.getSecret().isEmpty()
                  ? Optional.empty()
                  : Optional.of(secrets.seal(sink.getId(), sink.getSecret()));
          if (!store.replace(sink, secret, place)) {
            insert(sink, secret, place);
          }
          return get(sink.getId());
        });
  }

  private void insert(EventSink sink, Optional<Sealed> secret, Optional<Long> place) {
    Sealed sealed =
        secret.orElseThrow(() -> Failure.invalid("missing Secret: deliveries are signed with it"));
    long head = ledger.latest().await().atMost(WAIT).index();
    if (!store.insert(sink, sealed, place.orElse(head), most)) {
      throw Failure.invalid("there are " + most + " sinks already");
    }
  }

  /**
   * Forgets a sink and its place.
   *
   * @throws Failure NOT_FOUND
   */
  void delete(String id) {
    ask(
        () -> {
          if (!store.remove(id)) {
            throw unknown();
          }
          return id;
        });
  }

  private EventSink shown(Sink sink) {
    long head = ledger.snapshot().index();
    Sink.Progress progress = sink.progress();
    long lag = Math.max(0, head - sink.delivered());
    EventSinkState.Builder state =
        EventSinkState.newBuilder()
            .setStatus(status(sink, lag))
            .setDeliveredIndex(sink.delivered())
            .setLastIndex(head)
            .setLag(lag)
            .setDeliveredAt(nanos(progress.deliveredAt()))
            .setLastError(progress.error())
            .setLastErrorAt(nanos(progress.errorAt()))
            .setFailures(progress.failures())
            .setNextAttemptAt(nanos(progress.nextAttemptAt()))
            .setLost(progress.lost())
            .setReplica(progress.replica());
    return sink.definition().toBuilder()
        .clearSecret()
        .setState(state)
        .setCreateTime(nanos(sink.createdAt()))
        .setModifyTime(nanos(sink.modifiedAt()))
        .build();
  }

  private static String status(Sink sink, long lag) {
    if (sink.definition().getPaused()) {
      return "paused";
    }
    if (sink.progress().failures() > 0) {
      return "failing";
    }
    return lag > 0 ? "delivering" : "idle";
  }

  private static Failure unknown() {
    return Failure.notFound("event sink not found");
  }

  private static <T> T ask(Supplier<T> question) {
    try {
      return question.get();
    } catch (PersistenceException e) {
      LOG.warnf("The sinks of events can't be read: %s", e.getMessage());
      throw Failure.unavailable("the database did not answer");
    }
  }

  private static long nanos(Optional<Instant> time) {
    return time.map(SinkBook::nanos).orElse(0L);
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }
}
