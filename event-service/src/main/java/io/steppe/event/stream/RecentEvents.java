package io.steppe.event.stream;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The end of the log, encoded, bounded in bytes: what streams that are near the end are fed from.
 */
final class RecentEvents {
  private final long maxBytes;
  private final TreeMap<Long, EncodedIndex> indexes = new TreeMap<>();
  private long bytes;
  private long first = 1;
  private long last;

  RecentEvents(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Starts anew after an index. */
  void reset(long index) {
    indexes.clear();
    bytes = 0;
    first = index + 1;
    last = index;
  }

  /** Goes on to an index, with the events on the way there. */
  void add(List<EncodedIndex> added, long upTo) {
    for (EncodedIndex one : added) {
      indexes.put(one.index(), one);
      bytes += one.size();
    }
    last = upTo;
    while (bytes > maxBytes && indexes.size() > 1) {
      EncodedIndex oldest = indexes.pollFirstEntry().getValue();
      bytes -= oldest.size();
      first = oldest.index() + 1;
    }
  }

  /** The lowest index it holds all events from. */
  long first() {
    return first;
  }

  /** The index it reaches. */
  long last() {
    return last;
  }

  /** The first events at or after an index. */
  Optional<EncodedIndex> from(long index) {
    return Optional.ofNullable(indexes.ceilingEntry(index)).map(Map.Entry::getValue);
  }
}
