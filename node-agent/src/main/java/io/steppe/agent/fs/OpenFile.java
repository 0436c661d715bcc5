package io.steppe.agent.fs;

import com.google.protobuf.ByteString;
import io.steppe.rpc.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file open for reading at any place. Only plain files are opened: a pipe or a device would never
 * answer.
 */
final class OpenFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final Object key;

  private OpenFile(Path path, FileChannel channel, Object key) {
    this.path = path;
    this.channel = channel;
    this.key = key;
  }

  /**
   * @param named as the caller named it, for failures
   */
  static OpenFile open(Path path, String named) {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw Failure.invalid("file \"" + named + "\" is a directory");
    }
    try {
      Object key = Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw Failure.invalid("file \"" + named + "\" is not a regular file");
      }
      return new OpenFile(
          path, FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), key);
    } catch (IOException e) {
      throw AllocPaths.failure(path, "open", e);
    }
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
  boolean inPlace() {
    try {
      return key.equals(Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
