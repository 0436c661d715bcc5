package io.steppe.event.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An archive in a file of its own, which goes when it is closed.
 *
 * @param index the state it holds
 * @param digest SHA-256 of the file
 */
record Archive(Path file, long index, byte[] digest) implements AutoCloseable {
  long bytes() throws IOException {
    return Files.size(file);
  }

  InputStream open() throws IOException {
    return Files.newInputStream(file);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
