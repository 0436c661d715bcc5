package io.steppe.gateway.event;

import io.netty.channel.EventLoop;
import io.steppe.gateway.stream.Inflow;
import io.steppe.http.stream.Item;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.SubscribeUp;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * The end of one stream, read once for all clients that read the same, on a thread of its own. A
 * subscription that breaks with its service is taken up after its last line.
 */
final class Feed {
  private static final Logger LOG = Logger.getLogger(Feed.class);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /** What comes within this time goes out together. */
  private static final Duration GATHERED = Duration.ofMillis(5);

  private static final int PIECE = 128 << 10;

  private final Function<SubscribeRequest, Inflow<SubscribeUp, EventLine>> open;
  private final SubscribeRequest subscription;
  private final EventStyle style;
  private final Tail tail;
  private final AtomicInteger readers = new AtomicInteger();
  private final ConcurrentHashMap<EventLoop, Crowd> crowds = new ConcurrentHashMap<>();
  private final Duration heartbeat;
  private final Thread thread;
  private long next;
  private Piece.Builder gathered = new Piece.Builder();
  private boolean within;

  /**
   * A feed that has everything from an index on.
   *
   * @param open opens a subscription
   * @param subscription without index
   * @param maxBytes how much it may keep, asked each time
   */
  Feed(
      Function<SubscribeRequest, Inflow<SubscribeUp, EventLine>> open,
      SubscribeRequest subscription,
      EventStyle style,
      long first,
      LongSupplier maxBytes,
      Duration heartbeat) {
    this.open = open;
    this.subscription = subscription;
    this.style = style;
    this.next = first;
    this.tail = new Tail(first, maxBytes);
    this.heartbeat = heartbeat;
    this.thread = Thread.ofVirtual().name("event-feed").unstarted(this::run);
  }

  Tail tail() {
    return tail;
  }

  /** Clients that read it. */
  AtomicInteger readers() {
    return readers;
  }

  /** Those of its clients that a loop serves. */
  Crowd crowd(EventLoop loop) {
    return crowds.computeIfAbsent(
        loop,
        other -> {
          Crowd crowd = new Crowd(loop, tail, style.heartbeat(), heartbeat);
          tail.onChange(crowd::changed);
          return crowd;
        });
  }

  void start() {
    thread.start();
  }

  void stop() {
    thread.interrupt();
  }

  private void run() {
    try {
      boolean cut = false;
      while (!cut) {
        try (Inflow<SubscribeUp, EventLine> lines =
            open.apply(subscription.toBuilder().setIndex(next).setResumed(true).build())) {
          cut = pass(lines);
        }
        within = false;
        gathered = new Piece.Builder();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException nobodyReads) {
      LOG.debug("A feed of events has no readers any more");
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "A feed of events failed");
      tail.end("the gateway failed; subscribe again");
    }
  }

  /** Takes what comes until the subscription ends; true when it can't be taken up again. */
  private boolean pass(Inflow<SubscribeUp, EventLine> lines) throws InterruptedException {
    while (true) {
      Item<EventLine> item = lines.next(LONGEST_WAIT);
      boolean gathering = item != null;
      int size = 0;
      while (item instanceof Item.Message<EventLine>(EventLine line)) {
        take(line);
        size += line.getJson().size();
        item = gathered.size() > PIECE ? null : lines.next(Duration.ZERO);
      }
      lines.taken(size);
      publish();
      switch (item) {
        case Item.End<EventLine> end -> {
          return false;
        }
        case Item.Broken<EventLine>(var failure) -> {
          if (failure.kind() == Kind.UNAVAILABLE) {
            return false;
          }
          tail.end(failure.getMessage());
          return true;
        }
        case null, default -> {
          if (gathering) {
            Thread.sleep(GATHERED);
          }
        }
      }
    }
  }

  private void take(EventLine line) {
    if (!within) {
      gathered.part(style.before(line.getIndex()));
    }
    gathered.part(line.getJson().toByteArray());
    within = line.getMore();
    if (!within) {
      gathered.part(style.after());
      gathered.line(line.getIndex());
      next = line.getIndex() + 1;
    }
  }

  /** A line that is not whole yet waits for its end. */
  private void publish() {
    if (!within && !gathered.isEmpty()) {
      tail.add(gathered.build());
      gathered = new Piece.Builder();
    }
  }
}
