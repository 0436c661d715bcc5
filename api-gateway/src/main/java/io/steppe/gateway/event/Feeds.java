package io.steppe.gateway.event;

import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.stream.Inflow;
import io.steppe.rpc.Callers;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.SubscribeUp;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The feeds that are read now: one for all clients that ask for the same. */
@ApplicationScoped
class Feeds {
  /** Bytes that a feed keeps however many there are: what its clients get at once. */
  private static final long LEAST = 64 << 10;

  private record Key(SubscribeRequest subscription, EventStyle style) {}

  private final ConcurrentHashMap<Key, Feed> feeds = new ConcurrentHashMap<>();
  private final Function<SubscribeRequest, Inflow<SubscribeUp, EventLine>> subscriptions;
  private final long tailBytes;
  private final AtomicInteger count = new AtomicInteger();
  private final Duration heartbeat;

  @Inject
  Feeds(Subscriptions subscriptions, GatewaySettings settings) {
    this(
        subscriptions::open,
        settings.gateway().eventTail().asLongValue(),
        settings.gateway().eventHeartbeat());
  }

  /**
   * @param subscriptions opens one
   * @param tailBytes that all feeds may keep together
   */
  Feeds(
      Function<SubscribeRequest, Inflow<SubscribeUp, EventLine>> subscriptions,
      long tailBytes,
      Duration heartbeat) {
    this.subscriptions = subscriptions;
    this.tailBytes = tailBytes;
    this.heartbeat = heartbeat;
  }

  /**
   * The feed of a stream, for a client that needs it from an index on, which is about the newest.
   * To be left again.
   */
  Feed join(EventQuery query, long index) {
    return feeds.compute(
        key(query),
        (key, known) -> {
          Feed feed = known == null || !known.tail().holds(index) ? open(key, index) : known;
          feed.readers().incrementAndGet();
          return feed;
        });
  }

  /** Whether there is a feed that has all from an index on. */
  boolean hold(EventQuery query, long index) {
    Feed feed = feeds.get(key(query));
    return feed != null && feed.tail().holds(index);
  }

  /** Ends a feed with its last reader. */
  void leave(EventQuery query, Feed feed) {
    feeds.compute(
        key(query),
        (key, known) -> {
          if (feed.readers().decrementAndGet() > 0) {
            return known;
          }
          feed.stop();
          count.decrementAndGet();
          return known == feed ? null : known;
        });
  }

  @PreDestroy
  void stop() {
    feeds.values().forEach(Feed::stop);
  }

  private Feed open(Key key, long index) {
    SubscribeRequest subscription =
        key.subscription().toBuilder().setCaller(Callers.anonymous()).build();
    Feed feed = new Feed(subscriptions, subscription, key.style(), index, this::most, heartbeat);
    count.incrementAndGet();
    feed.start();
    return feed;
  }

  /** Bytes that one feed may keep now. */
  private long most() {
    return Math.max(LEAST, tailBytes / Math.max(1, count.get()));
  }

  private static Key key(EventQuery query) {
    return new Key(query.subscription(), query.style());
  }
}
