package io.steppe.gateway.event;

import java.nio.ByteBuffer;

/**
 * Memory outside of the heap for bytes that many sockets are given: they are copied by the system
 * alone. What is added one after the other lies side by side as long as a slab has room. A slab
 * goes with the last that refers to it.
 */
final class Slabs {
  private static final int FIRST = 16 << 10;
  private static final int LARGEST = 1 << 20;

  private ByteBuffer slab = ByteBuffer.allocateDirect(0);
  private int size = FIRST / 2;

  /**
   * A place in a slab.
   *
   * @param slab shared; only read, at given positions
   */
  record Place(ByteBuffer slab, int from, int to) {
    int length() {
      return to - from;
    }

    /** Whether another place begins where this one ends. */
    boolean isBefore(Place other) {
      return slab == other.slab && to == other.from;
    }
  }

  /** Keeps bytes. */
  Place add(byte[] bytes) {
    if (slab.remaining() < bytes.length) {
      size = Math.min(LARGEST, 2 * size);
      slab = ByteBuffer.allocateDirect(Math.max(size, bytes.length));
    }
    int from = slab.position();
    slab.put(bytes);
    return new Place(slab, from, slab.position());
  }
}
