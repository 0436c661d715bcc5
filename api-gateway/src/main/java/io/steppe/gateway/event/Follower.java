package io.steppe.gateway.event;

import io.steppe.gateway.stream.Inflow;
import io.steppe.http.stream.Item;
import io.steppe.http.stream.Outflow;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.SubscribeUp;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;

/**
 * A client that reads a stream, on a virtual thread: what it missed by a subscription of its own,
 * then the end of the log with all who read the same. A client that falls behind that goes back to
 * a subscription of its own, so nothing is lost.
 */
final class Follower {
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** Bytes of lines written at once while it reads alone. */
  private static final int AT_ONCE = 64 << 10;

  private final EventQuery query;
  private final Caller caller;
  private final Outflow out;
  private final Subscriptions subscriptions;
  private final Feeds feeds;
  private final Duration heartbeat;
  private final Stalls stalls;
  private volatile long writingSince;
  private volatile Optional<Share> sharing = Optional.empty();
  private volatile boolean within;
  private long next;
  private boolean resumed;

  Follower(
      EventQuery query,
      Caller caller,
      Outflow out,
      Subscriptions subscriptions,
      Feeds feeds,
      Duration heartbeat,
      Stalls stalls) {
    this.query = query;
    this.caller = caller;
    this.out = out;
    this.subscriptions = subscriptions;
    this.feeds = feeds;
    this.heartbeat = heartbeat;
    this.stalls = stalls;
    this.next = query.index();
  }

  /** Writes until the client is gone or the stream is cut. */
  void run() throws InterruptedException, ClosedChannelException {
    stalls.watch(this);
    try {
      follow();
    } finally {
      stalls.forget(this);
    }
  }

  /** Whether it has been taking nothing for longer than a time. */
  boolean stalled(long nowNanos, Duration limit) {
    long since = sharing.map(Share::waitingSince).orElse(writingSince);
    return since != 0 && nowNanos - since > limit.toNanos();
  }

  /** Ends it at once, for a reason. */
  void end(String reason) {
    out.finish(within ? new byte[0] : query.style().end(reason));
  }

  /** Cuts it off; the reason is seen by a client that reads on soon. */
  void cut(String reason, Duration grace) {
    out.cut(within ? new byte[0] : query.style().end(reason), grace);
  }

  private void follow() throws InterruptedException, ClosedChannelException {
    beat();
    Optional<String> cut = Optional.empty();
    while (cut.isEmpty()) {
      cut = feeds.hold(query, next) ? Optional.empty() : catchUp();
      if (cut.isEmpty()) {
        cut = share();
      }
    }
    out.write(query.style().end(cut.get()));
    out.end();
  }

  /** Reads alone until it can go on with others; the reason when that is not possible. */
  private Optional<String> catchUp() throws InterruptedException, ClosedChannelException {
    while (true) {
      SubscribeRequest request =
          query.subscription().toBuilder()
              .setCaller(caller)
              .setIndex(next)
              .setResumed(resumed)
              .setTellReached(true)
              .build();
      try (Inflow<SubscribeUp, EventLine> lines = subscriptions.open(request)) {
        switch (pass(lines)) {
          case Passed.Reached reached -> {
            return Optional.empty();
          }
          case Passed.Cut(String reason) -> {
            return Optional.of(reason);
          }
          case Passed.Broken broken -> {}
        }
      }
      Thread.sleep(PAUSE);
    }
  }

  private sealed interface Passed {
    record Reached() implements Passed {}

    record Broken() implements Passed {}

    record Cut(String reason) implements Passed {}
  }

  /** What has come goes out together. A line that broke in its middle can't be taken up again. */
  private Passed pass(Inflow<SubscribeUp, EventLine> lines)
      throws InterruptedException, ClosedChannelException {
    while (true) {
      Item<EventLine> item = lines.next(heartbeat);
      if (item == null && !within) {
        beat();
      }
      ByteArrayOutputStream gathered = new ByteArrayOutputStream();
      int taken = 0;
      while (item instanceof Item.Message<EventLine>(EventLine line) && !isReached(line)) {
        gather(line, gathered);
        taken += line.getJson().size();
        item = gathered.size() < AT_ONCE ? lines.next(Duration.ZERO) : null;
      }
      if (taken > 0) {
        write(Buffer.buffer(gathered.toByteArray()));
        lines.taken(taken);
        if (!within && feeds.hold(query, next)) {
          return new Passed.Reached();
        }
      }
      switch (item) {
        case Item.Message<EventLine>(EventLine line) -> {
          at(line.getIndex());
          return new Passed.Reached();
        }
        case Item.End<EventLine> end -> {
          return broken();
        }
        case Item.Broken<EventLine>(var failure) -> {
          return failure.kind() == Kind.UNAVAILABLE
              ? broken()
              : new Passed.Cut(failure.getMessage());
        }
        case null -> {}
      }
    }
  }

  private Passed broken() throws ClosedChannelException {
    if (within) {
      out.abort();
      throw new ClosedChannelException();
    }
    return new Passed.Broken();
  }

  private static boolean isReached(EventLine line) {
    return line.getJson().isEmpty();
  }

  private void gather(EventLine line, ByteArrayOutputStream gathered) {
    if (!within) {
      gathered.writeBytes(query.style().before(line.getIndex()));
    }
    gathered.writeBytes(line.getJson().toByteArray());
    within = line.getMore();
    if (!within) {
      gathered.writeBytes(query.style().after());
      at(line.getIndex());
    }
  }

  private void beat() throws InterruptedException, ClosedChannelException {
    write(Buffer.buffer(query.style().heartbeat()));
  }

  private void write(Buffer bytes) throws InterruptedException, ClosedChannelException {
    writingSince = System.nanoTime();
    try {
      out.write(bytes);
    } finally {
      writingSince = 0;
    }
  }

  /** Reads with all others; the reason when there will be no more, nothing when it fell behind. */
  private Optional<String> share() throws InterruptedException {
    Feed feed = feeds.join(query, next);
    Crowd crowd = feed.crowd(out.loop());
    Share share = new Share(out, next);
    sharing = Optional.of(share);
    try {
      crowd.join(share);
      Tail.Found left = share.await();
      if (share.next() > next) {
        at(share.next() - 1);
      }
      return left instanceof Tail.Found.Ended(String reason)
          ? Optional.of(reason)
          : Optional.empty();
    } finally {
      sharing = Optional.empty();
      crowd.leave(share);
      feeds.leave(query, feed);
    }
  }

  private void at(long index) {
    next = index + 1;
    resumed = true;
  }
}
