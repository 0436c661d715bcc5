package io.steppe.agent.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads the frames a container's two outputs come in: a kind, three zeros, a length, bytes. */
final class Frames {
  private static final int HEAD = 8;
  private static final int LARGEST = 4 << 20;

  /** Bytes of one output. */
  record Frame(boolean stderr, byte[] bytes) {}

  private final InputStream in;

  Frames(InputStream in) {
    this.in = in;
  }

  /** The next frame; empty at the end. */
  Optional<Frame> next() throws IOException {
    byte[] head = in.readNBytes(HEAD);
    if (head.length == 0) {
      return Optional.empty();
    }
    if (head.length < HEAD) {
      throw new EOFException("the engine's frame is cut off");
    }
    long length = 0;
    for (int i = 4; i < HEAD; i++) {
      length = length << 8 | head[i] & 0xff;
    }
    if (head[0] > 2 || length > LARGEST) {
      throw new IOException("the engine does not send frames");
    }
    byte[] bytes = in.readNBytes((int) length);
    if (bytes.length < length) {
      throw new EOFException("the engine's frame is cut off");
    }
    return Optional.of(new Frame(head[0] == 2, bytes));
  }
}
