package io.steppe.event.stream;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.steppe.rpc.v1.EventLine;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** A subscriber: what it wants, how far it is, and what it takes. Used on the hub's thread. */
final class Subscription {
  /** Bytes of a line in one message. */
  private static final int PIECE = 512 << 10;

  /** Where lines go. */
  interface Sink {
    void line(EventLine line);

    void end(Status status);
  }

  private final EventFilter filter;
  private final Sink sink;
  private final ArrayDeque<EncodedIndex> replayed = new ArrayDeque<>();
  private long next;
  private long replayedTo;
  private long credit;
  private long blockedSinceNanos;
  private boolean blocked;
  private boolean replaying;
  private boolean live;
  private boolean started;
  private boolean ended;

  Subscription(EventFilter filter, long firstIndex, long credit, Sink sink) {
    this.filter = filter;
    this.next = Math.max(1, firstIndex);
    this.credit = credit;
    this.sink = sink;
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
      sink.end(status);
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
      System.err.println(
          "FEED next="
              + next
              + " first="
              + recent.first()
              + " last="
              + recent.last()
              + " live="
              + live
              + " blocked="
              + blocked
              + " credit="
              + credit
              + " replaying="
              + replaying
              + " rp="
              + replayed.size()
              + " to="
              + replayedTo);
      if (replaying) {
        return Need.NOTHING;
      }
      if (!replayed.isEmpty()) {
        if (!offer(replayed.peek(), nowNanos)) {
          return Need.CREDIT;
        }
        replayed.poll();
      } else if (replayedTo >= next) {
        next = replayedTo + 1;
      } else if (next > recent.last()) {
        live = true;
        started = true;
        return Need.NOTHING;
      } else if (next < recent.first()) {
        return behind();
      } else {
        live = true;
        started = true;
        Optional<EncodedIndex> found = recent.from(next);
        if (found.isPresent() && !offer(found.get(), nowNanos)) {
          return Need.CREDIT;
        }
        next = found.map(one -> one.index() + 1).orElse(recent.last() + 1);
      }
    }
    return Need.NOTHING;
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

  void replayed(List<EncodedIndex> events, long upTo) {
    replaying = false;
    started = true;
    replayed.addAll(events);
    replayedTo = upTo;
  }

  /** Sends an index's events if there are any for this subscriber; false when that needs credit. */
  private boolean offer(EncodedIndex events, long nowNanos) {
    Optional<ByteString> line = events.line(filter);
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
      sink.line(
          EventLine.newBuilder()
              .setIndex(index)
              .setJson(line.substring(from, to))
              .setMore(to < line.size())
              .build());
    }
  }
}
