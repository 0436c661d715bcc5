package io.steppe.gateway.event;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The clients of a feed whose connections one loop serves. The loop goes round: each client that
 * takes something is given all that came since its last time, as one write of bytes that all share.
 * Then it rests, the longer the round took, so that other work of the loop comes first.
 */
final class Crowd {
  /** Rests so many times as long as a round took. */
  private static final int REST = 4;

  private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(20);

  private final EventLoop loop;
  private final Tail tail;
  private final byte[] heartbeat;
  private final long silence;
  private final Set<Share> shares = new LinkedHashSet<>();
  private final AtomicBoolean due = new AtomicBoolean();
  private long restUntil = System.nanoTime();
  private boolean watched;

  /**
   * @param heartbeat what a client is given when there was nothing else
   * @param silence for so long
   */
  Crowd(EventLoop loop, Tail tail, byte[] heartbeat, Duration silence) {
    this.loop = loop;
    this.tail = tail;
    this.heartbeat = heartbeat;
    this.silence = silence.toNanos();
  }

  /** A client comes. From any thread. */
  void join(Share share) {
    loop.execute(
        () -> {
          shares.add(share);
          watch(silence);
          give(share, new HashMap<>());
        });
  }

  /** A client is gone. From any thread. */
  void leave(Share share) {
    loop.execute(() -> shares.remove(share));
  }

  /** There is more. From any thread. */
  void changed() {
    if (due.compareAndSet(false, true)) {
      loop.execute(this::whenRested);
    }
  }

  private void whenRested() {
    long rest = restUntil - System.nanoTime();
    if (rest > 0) {
      loop.schedule(this::round, rest, TimeUnit.NANOSECONDS);
    } else {
      round();
    }
  }

  private void round() {
    due.set(false);
    long start = System.nanoTime();
    Map<Long, Tail.Found> seen = new HashMap<>();
    Iterator<Share> each = shares.iterator();
    while (each.hasNext()) {
      if (!give(each.next(), seen)) {
        each.remove();
      }
    }
    long end = System.nanoTime();
    restUntil = end + Math.min(LONGEST_REST, REST * (end - start));
  }

  /** A client that took what it was given before is given what came meanwhile. */
  private void again(Share share) {
    if (shares.contains(share) && !give(share, new HashMap<>())) {
      shares.remove(share);
    }
  }

  /** Gives a client what there is for it; false when it can't read here any more. */
  private boolean give(Share share, Map<Long, Tail.Found> seen) {
    while (!share.isWaiting()) {
      switch (seen.computeIfAbsent(share.next(), tail::from)) {
        case Tail.Found.Lines(ByteBuf bytes, long last) ->
            share.give(Buffer.buffer(bytes.duplicate()), last + 1, () -> again(share));
        case Tail.Found.Nothing nothing -> {
          return true;
        }
        case Tail.Found.Gone gone -> {
          share.leave(gone);
          return false;
        }
        case Tail.Found.Ended ended -> {
          share.leave(ended);
          return false;
        }
      }
    }
    return true;
  }

  private void watch(long nanos) {
    if (!watched) {
      watched = true;
      loop.schedule(this::beat, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void beat() {
    watched = false;
    long now = System.nanoTime();
    long longest = 0;
    for (Share share : shares) {
      if (share.isWaiting()) {
        continue;
      }
      if (now - share.writtenAt() >= silence) {
        share.give(Buffer.buffer(heartbeat), share.next(), () -> again(share));
      }
      longest = Math.max(longest, now - share.writtenAt());
    }
    if (!shares.isEmpty()) {
      watch(Math.max(TimeUnit.MILLISECONDS.toNanos(1), silence - longest));
    }
  }
}
