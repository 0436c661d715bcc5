package io.steppe.http.audit;

import java.io.IOException;
import java.util.List;

/** Where entries are written to, by one thread. */
interface Sink extends AutoCloseable {
  /** Writes lines, all or none. */
  void write(List<byte[]> lines) throws IOException;

  @Override
  default void close() throws IOException {}
}
