package io.steppe.agent.fs;

import com.google.protobuf.ByteString;
import io.steppe.agent.session.FrameSink;
import io.steppe.proto.v1.StreamFrame;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import java.io.IOException;

/** Bytes of files on their way to a reader who takes so many of them. */
final class Bytes {
  private final FrameSink sink;
  private final boolean limited;
  private long left;

  /**
   * @param limit how many are sent; 0 for all
   */
  Bytes(FrameSink sink, long limit) {
    this.sink = sink;
    this.limited = limit > 0;
    this.left = limit > 0 ? limit : Long.MAX_VALUE;
  }

  /** Whether the reader takes no more. */
  boolean enough() {
    return left == 0;
  }

  /**
   * Sends all there is of a file from a position on; returns the position after it.
   *
   * @param name of the file in frames
   */
  long send(OpenFile file, long from, String name)
      throws IOException, FrameSink.Gone, InterruptedException {
    long position = from;
    while (left > 0 && file.size() > position) {
      ByteString bytes = file.read(position, (int) Math.min(left, sink.room()));
      if (!bytes.isEmpty()) {
        position += bytes.size();
        left -= bytes.size();
        frame(StreamFrame.newBuilder().setData(bytes).setFile(name).setOffset(position));
      }
    }
    return position;
  }

  /** Tells of something that happened to a file. */
  void event(String name, String event, long position) throws FrameSink.Gone {
    frame(StreamFrame.newBuilder().setFile(name).setFileEvent(event).setOffset(position));
  }

  /** Tells a reader who takes only so many where to go on. */
  void mark(String name, long position) throws FrameSink.Gone {
    if (limited) {
      frame(StreamFrame.newBuilder().setFile(name).setOffset(position));
    }
  }

  private void frame(StreamFrame.Builder frame) throws FrameSink.Gone {
    sink.send(ClientFrame.newBuilder().setData(frame).build());
  }

  /**
   * Where to begin in so many bytes: so far from the start, or from the end.
   *
   * @throws Failure INVALID for an origin that is none
   */
  static long start(long size, long offset, String origin) {
    long bounded = Math.clamp(offset, 0, size);
    return switch (origin) {
      case "end" -> size - bounded;
      case "", "start" -> bounded;
      default -> throw Failure.invalid("origin must be start or end");
    };
  }
}
