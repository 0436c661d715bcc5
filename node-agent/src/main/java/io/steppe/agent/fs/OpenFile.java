package io.steppe.agent.fs;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/** A plain file open for reading at any place. */
final class OpenFile implements AutoCloseable {
  private final FileChannel channel;
  private final Path path;
  private final Object key;
  private final Place place;

  /** Tells which file is at the place now where one was opened. */
  interface Place {
    Optional<Object> key() throws InterruptedException;
  }

  /**
   * @param path where it was found
   * @param key tells it from other files
   */
  OpenFile(FileChannel channel, Path path, Object key, Place place) {
    this.channel = channel;
    this.path = path;
    this.key = key;
    this.place = place;
  }

  /** The folder it was found in. */
  Path folder() {
    return path.getParent();
  }

  long size() throws IOException {
    return channel.size();
  }

  /** Bytes from a place on, at most so many; empty at the end. */
  ByteString read(long position, int most) throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocate((int) Math.min(most, Math.max(0, channel.size() - position)));
    int read = buffer.hasRemaining() ? channel.read(buffer, position) : 0;
    return read <= 0 ? ByteString.EMPTY : ByteString.copyFrom(buffer.flip());
  }

  /** Whether the path still leads to this very file. */
  boolean inPlace() throws InterruptedException {
    return place.key().filter(key::equals).isPresent();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
