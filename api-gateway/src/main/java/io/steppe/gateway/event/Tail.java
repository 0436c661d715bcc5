package io.steppe.gateway.event;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/** The newest lines of a stream, bounded in bytes; any number of readers share their bytes. */
final class Tail {
  /** Bytes given at once; a larger piece is given alone. */
  private static final int SLICE = 256 << 10;

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final TreeMap<Long, Kept> pieces = new TreeMap<>();
  private final Slabs slabs = new Slabs();
  private final LongSupplier maxBytes;
  private long first;
  private long bytes;
  private Optional<String> end = Optional.empty();

  private record Kept(Piece piece, Slabs.Place place) {}

  /**
   * A tail without lines.
   *
   * @param first the index it will have all lines from
   * @param maxBytes how much it may keep, asked each time
   */
  Tail(long first, LongSupplier maxBytes) {
    this.first = first;
    this.maxBytes = maxBytes;
  }

  /** What a reader finds. */
  sealed interface Found {
    /**
     * Lines, up to an index.
     *
     * @param bytes to be duplicated by each who reads them, and never released
     */
    record Lines(ByteBuf bytes, long last) implements Found {}

    /** None yet. */
    record Nothing() implements Found {}

    /** What it asks for is not here any more. */
    record Gone() implements Found {}

    /** There will be no more, for a reason. */
    record Ended(String reason) implements Found {}
  }

  /** Calls back, on any thread, when there is more, or will be no more. Must not block. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Whether the lines from an index on are here, or will be. */
  synchronized boolean holds(long index) {
    return index >= first && end.isEmpty();
  }

  void add(Piece piece) {
    long most = maxBytes.getAsLong();
    synchronized (this) {
      pieces.put(piece.last(), new Kept(piece, slabs.add(piece.bytes())));
      bytes += piece.bytes().length;
      while (bytes > most && pieces.size() > 1) {
        Kept oldest = pieces.pollFirstEntry().getValue();
        bytes -= oldest.place().length();
        first = oldest.piece().last() + 1;
      }
    }
    listeners.forEach(Runnable::run);
  }

  void end(String reason) {
    synchronized (this) {
      end = Optional.of(reason);
    }
    listeners.forEach(Runnable::run);
  }

  /** The lines from an index on, as many as lie side by side. */
  synchronized Found from(long index) {
    if (index < first) {
      return new Found.Gone();
    }
    NavigableMap<Long, Kept> found = pieces.tailMap(index, true);
    if (!found.isEmpty()) {
      return lines(index, found);
    }
    return end.<Found>map(Found.Ended::new).orElseGet(Found.Nothing::new);
  }

  private static Found.Lines lines(long index, NavigableMap<Long, Kept> found) {
    Kept first = found.firstEntry().getValue();
    int from = first.place().from() + first.piece().from(index);
    Kept last = first;
    for (Map.Entry<Long, Kept> entry : found.tailMap(first.piece().last(), false).entrySet()) {
      Kept next = entry.getValue();
      if (!last.place().isBefore(next.place()) || next.place().to() - from > SLICE) {
        break;
      }
      last = next;
    }
    ByteBuf bytes =
        Unpooled.wrappedBuffer(first.place().slab().slice(from, last.place().to() - from));
    return new Found.Lines(Unpooled.unreleasableBuffer(bytes), last.piece().last());
  }
}
