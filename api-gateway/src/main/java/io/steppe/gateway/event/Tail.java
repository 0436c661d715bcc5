package io.steppe.gateway.event;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The newest lines of a stream, bounded in bytes; any number of readers share their bytes. */
final class Tail {
  /** Bytes given at once; a larger piece is given alone. */
  private static final int SLICE = 256 << 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeMap<Long, Piece> pieces = new TreeMap<>();
  private final long maxBytes;
  private long first;
  private long bytes;
  private Optional<String> end = Optional.empty();

  /**
   * A tail without lines.
   *
   * @param first the index it will have all lines from
   */
  Tail(long first, long maxBytes) {
    this.first = first;
    this.maxBytes = maxBytes;
  }

  /** What a reader finds. */
  sealed interface Found {
    /** Lines, up to an index. */
    record Lines(Buffer bytes, long last) implements Found {}

    /** None came in time. */
    record Nothing() implements Found {}

    /** What it asks for is not here any more. */
    record Gone() implements Found {}

    /** There will be no more, for a reason. */
    record Ended(String reason) implements Found {}
  }

  /** Whether the lines from an index on are here, or will be. */
  boolean holds(long index) {
    lock.lock();
    try {
      return index >= first && end.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  void add(Piece piece) {
    lock.lock();
    try {
      pieces.put(piece.last(), piece);
      bytes += piece.bytes().length;
      while (bytes > maxBytes && pieces.size() > 1) {
        Piece oldest = pieces.pollFirstEntry().getValue();
        bytes -= oldest.bytes().length;
        first = oldest.last() + 1;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void end(String reason) {
    lock.lock();
    try {
      end = Optional.of(reason);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The lines from an index on, waiting for the first of them. */
  Found from(long index, Duration longest) throws InterruptedException {
    long nanos = longest.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        if (index < first) {
          return new Found.Gone();
        }
        NavigableMap<Long, Piece> found = pieces.tailMap(index, true);
        if (!found.isEmpty()) {
          return lines(index, found);
        }
        if (end.isPresent()) {
          return new Found.Ended(end.get());
        }
        if (nanos <= 0) {
          return new Found.Nothing();
        }
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private static Found.Lines lines(long index, NavigableMap<Long, Piece> found) {
    List<ByteBuf> slices = new ArrayList<>();
    long last = index;
    int size = 0;
    for (Piece piece : found.values()) {
      int from = size == 0 ? piece.from(index) : 0;
      int length = piece.bytes().length - from;
      if (size > 0 && size + length > SLICE) {
        break;
      }
      slices.add(Unpooled.wrappedBuffer(piece.bytes(), from, length));
      size += length;
      last = piece.last();
    }
    ByteBuf all =
        slices.size() == 1
            ? slices.getFirst()
            : Unpooled.wrappedBuffer(slices.size(), slices.toArray(ByteBuf[]::new));
    return new Found.Lines(Buffer.buffer(all), last);
  }
}
