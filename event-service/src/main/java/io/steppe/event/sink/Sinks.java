package io.steppe.event.sink;

import io.steppe.event.stream.EventHub;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.seal.SealKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The sinks of a region at one replica: what is registered, and the deliveries of those that are
 * its own.
 */
public record Sinks(SinkBook book, Deliveries deliveries) {

  /**
   * What they keep to.
   *
   * @param most sinks there may be
   * @param hosts that they may have; none for any
   * @param deadline of an attempt
   * @param firstPause after an attempt that failed, doubled with each further one
   * @param longestPause to which
   * @param lines in one delivery
   * @param bytes in one delivery, but for a single index that has more
   */
  public record Limits(
      int most,
      List<String> hosts,
      Duration deadline,
      Duration firstPause,
      Duration longestPause,
      int lines,
      int bytes) {}

  /** Puts them together; nothing is delivered before {@link Deliveries#start}. */
  public static Sinks of(
      SinkStore store,
      Ledger<?> ledger,
      Replicas replicas,
      EventHub hub,
      SealKeys keys,
      Limits limits,
      String replica,
      String version) {
    SinkSecrets secrets = new SinkSecrets(keys);
    InstantSource clock = InstantSource.system();
    Delivery.Tools tools =
        new Delivery.Tools(
            hub,
            store,
            secrets,
            new Poster(secrets, clock, limits.deadline(), version),
            new Backoff(limits.firstPause(), limits.longestPause(), RandomGenerator.getDefault()),
            clock,
            replica,
            limits.lines(),
            limits.bytes());
    return new Sinks(
        new SinkBook(store, new SinkRules(limits.hosts()), secrets, ledger, limits.most()),
        new Deliveries(store, replicas, tools));
  }
}
