package io.steppe.clientapi.follow;

import com.google.protobuf.ByteString;
import io.steppe.json.Json;
import io.steppe.proto.v1.StreamFrame;

/** A frame that many readers may get: its JSON is made once. */
public final class Piece {
  private final StreamFrame frame;
  private volatile byte[] json;

  Piece(StreamFrame frame) {
    this.frame = frame;
  }

  /** The bytes of the file. */
  public byte[] bytes() {
    return frame.getData().toByteArray();
  }

  /** The frame as its reader gets it; not to be changed. */
  public byte[] json() {
    byte[] made = json;
    if (made == null) {
      made = Json.write(frame);
      json = made;
    }
    return made;
  }

  StreamFrame frame() {
    return frame;
  }

  Place before() {
    return Place.before(frame);
  }

  Place after() {
    return Place.after(frame);
  }

  /** The part of it that comes after a place within it. */
  Piece from(Place place) {
    ByteString data = frame.getData();
    int skipped = (int) (place.offset() - before().offset());
    return skipped == 0
        ? this
        : new Piece(frame.toBuilder().setData(data.substring(skipped)).build());
  }

  /** Whether a place is before its last byte and not before its first. */
  boolean contains(Place place) {
    return frame.getFile().equals(place.file())
        && before().offset() <= place.offset()
        && place.offset() < frame.getOffset();
  }
}
