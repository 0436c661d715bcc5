package io.steppe.event.stream;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.steppe.rpc.v1.EventFormat;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.EventPiece;
import io.steppe.rpc.v1.SubscribeRequest;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** A subscriber: what it wants, how far it is, and what it takes. Used on the hub's thread. */
public final class Subscription {
  /** Bytes of a line in one message. */
  private static final int PIECE = 512 << 10;

  /** Where lines go. Called on the hub's thread; must not block. */
  public interface Subscriber {
    void line(EventLine line);

    /** The last that is heard of it; OK where all that was asked for was given. */
    void end(Status status);

    /** It has been given all there is up to an index. */
    default void reached(long index) {}

    /** The log begins later than it asked for. */
    default void missing(long asked, long oldest) {}
  }

  private final EventFilter filter;
  private final EventFormat format;
  private final Subscriber subscriber;
  private final ArrayDeque<EncodedIndex> replayed = new ArrayDeque<>();
  private long next;
  private long to;
  private long replayedTo;
  private long credit;
  private long blockedSinceNanos;
  private boolean blocked;
  private boolean replaying;
  private boolean live;
  private boolean started;
  private boolean reachedWanted;
  private boolean ended;

  /**
   * A subscriber that was not fed yet.
   *
   * @param filter as the request has it
   */
  public Subscription(EventFilter filter, SubscribeRequest request, Subscriber subscriber) {
    this.filter = filter;
    this.format = request.getFormat();
    this.next = Math.max(1, request.getIndex());
    this.to = request.getToIndex() == 0 ? Long.MAX_VALUE : request.getToIndex();
    this.started = request.getResumed();
    this.reachedWanted = request.getTellReached();
    this.credit = Integer.toUnsignedLong(request.getCredit());
    this.subscriber = subscriber;
  }

  /** Whether it has an end. */
  boolean bounded() {
    return to != Long.MAX_VALUE;
  }

  /** Tells a reader that asked for a piece what it is given of it. */
  void bound(long oldest, long head) {
    if (ended) {
      return;
    }
    started = true;
    next = Math.max(next, oldest);
    to = Math.min(to, head);
    EventPiece piece = EventPiece.newBuilder().setOldest(oldest).setFrom(next).setTo(to).build();
    subscriber.line(EventLine.newBuilder().setPiece(piece).build());
  }

  void credit(long bytes) {
    credit += bytes;
    blocked = false;
  }

  /** Whether there is something it did not take for longer than a time. */
  boolean stalled(long nowNanos, long limitNanos) {
    return blocked && nowNanos - blockedSinceNanos > limitNanos;
  }

  boolean ended() {
    return ended;
  }

  void end(Status status) {
    if (!ended) {
      ended = true;
      replayed.clear();
      subscriber.end(status);
    }
  }

  /** The reader is gone. */
  void cancelled() {
    ended = true;
    replayed.clear();
  }

  /** What it needs next. */
  enum Need {
    NOTHING,
    CREDIT,
    REPLAY
  }

  /** Sends what there is, as far as the credit goes. */
  Need feed(RecentEvents recent, long nowNanos) {
    while (!ended) {
      if (next > to) {
        end(Status.OK);
      } else if (replaying) {
        return Need.NOTHING;
      } else if (!replayed.isEmpty()) {
        if (!offer(replayed.peek(), nowNanos)) {
          return Need.CREDIT;
        }
        next = replayed.poll().index() + 1;
      } else if (replayedTo >= next) {
        next = replayedTo + 1;
      } else if (next > recent.last()) {
        live = true;
        started = true;
        tellReached();
        subscriber.reached(next - 1);
        return Need.NOTHING;
      } else if (next < recent.first()) {
        return behind();
      } else {
        live = true;
        started = true;
        Optional<EncodedIndex> found = recent.from(next).filter(one -> one.index() <= to);
        if (found.isPresent() && !offer(found.get(), nowNanos)) {
          return Need.CREDIT;
        }
        next = found.map(one -> one.index() + 1).orElse(recent.last() + 1);
      }
    }
    return Need.NOTHING;
  }

  private void tellReached() {
    if (reachedWanted) {
      reachedWanted = false;
      subscriber.line(EventLine.newBuilder().setIndex(next - 1).build());
    }
  }

  /**
   * Behind what is kept in memory: a stream that was live and did not take its events is too slow;
   * another one is replayed.
   */
  private Need behind() {
    if (live && credit <= 0) {
      end(
          Status.OUT_OF_RANGE.withDescription(
              "the reader is too slow: event "
                  + next
                  + " is no longer buffered; subscribe again from there"));
      return Need.NOTHING;
    }
    replaying = true;
    return Need.REPLAY;
  }

  long next() {
    return next;
  }

  /** Whether it has been given anything to read: from then on nothing may be missing. */
  boolean started() {
    return started;
  }

  /** Goes on with a part of the log, which reaches from an index at or after the next one. */
  void replayed(List<EncodedIndex> events, long oldest, long upTo) {
    if (oldest > next) {
      subscriber.missing(next, oldest);
    }
    replaying = false;
    started = true;
    events.stream().filter(one -> one.index() <= to).forEach(replayed::add);
    replayedTo = upTo;
  }

  /** Sends an index's events if there are any for this subscriber; false when that needs credit. */
  private boolean offer(EncodedIndex events, long nowNanos) {
    Optional<ByteString> line = events.line(filter, format);
    if (line.isEmpty()) {
      return true;
    }
    if (credit <= 0) {
      if (!blocked) {
        blocked = true;
        blockedSinceNanos = nowNanos;
      }
      return false;
    }
    credit -= line.get().size();
    send(events.index(), line.get());
    return true;
  }

  private void send(long index, ByteString line) {
    for (int from = 0; from < line.size(); from += PIECE) {
      int to = Math.min(line.size(), from + PIECE);
      subscriber.line(
          EventLine.newBuilder()
              .setIndex(index)
              .setJson(line.substring(from, to))
              .setMore(to < line.size())
              .build());
    }
  }
}
