package io.steppe.clientapi.follow;

import io.steppe.proto.v1.StreamFrame;
import java.util.Comparator;

/**
 * How far a reader got: a file, as frames name it, and the bytes of it that were read. Files of one
 * log are ordered by the number at the end of their names.
 */
record Place(String file, long offset) implements Comparable<Place> {
  private static final int MOST_DIGITS = 18;
  private static final Comparator<Place> ORDER =
      Comparator.comparingLong(Place::number).thenComparingLong(Place::offset);

  /** The place after a frame. */
  static Place after(StreamFrame frame) {
    return new Place(frame.getFile(), frame.getOffset());
  }

  /** The place before a frame's bytes. */
  static Place before(StreamFrame frame) {
    return new Place(frame.getFile(), frame.getOffset() - frame.getData().size());
  }

  private long number() {
    String digits = file.substring(file.lastIndexOf('.') + 1);
    boolean number =
        !digits.isEmpty()
            && digits.length() <= MOST_DIGITS
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Long.parseLong(digits) : 0;
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}
