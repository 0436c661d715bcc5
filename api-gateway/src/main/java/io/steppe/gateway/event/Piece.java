package io.steppe.gateway.event;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Some lines of a stream, framed, one after the other.
 *
 * @param indexes of the lines, growing
 * @param ends where each line ends in the bytes
 */
record Piece(long[] indexes, int[] ends, byte[] bytes) {

  long last() {
    return indexes[indexes.length - 1];
  }

  /** Where the first line at or after an index begins. */
  int from(long index) {
    int found = Arrays.binarySearch(indexes, index);
    int line = found < 0 ? -found - 1 : found;
    return line == 0 ? 0 : ends[line - 1];
  }

  /** A piece in the making. */
  static final class Builder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    private final List<Long> indexes = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();

    /** Adds a part of a line. */
    void part(byte[] part) {
      bytes.writeBytes(part);
    }

    /** Ends the line of an index. */
    void line(long index) {
      indexes.add(index);
      ends.add(bytes.size());
    }

    int size() {
      return bytes.size();
    }

    boolean isEmpty() {
      return indexes.isEmpty();
    }

    Piece build() {
      return new Piece(
          indexes.stream().mapToLong(Long::longValue).toArray(),
          ends.stream().mapToInt(Integer::intValue).toArray(),
          bytes.toByteArray());
    }
  }
}
