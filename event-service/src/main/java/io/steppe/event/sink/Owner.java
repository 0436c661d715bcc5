package io.steppe.event.sink;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Spreads sinks over replicas so that few move when a replica comes or goes. */
final class Owner {
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private Owner() {}

  /** The replica that delivers a sink; empty when there is none. */
  static Optional<String> of(String sink, Collection<String> replicas) {
    return replicas.stream()
        .max(Comparator.comparingLong((String id) -> weight(sink, id)).thenComparing(id -> id));
  }

  private static long weight(String sink, String replica) {
    CRC32C hash = new CRC32C();
    hash.update((sink + "|" + replica).getBytes(StandardCharsets.UTF_8));
    long mixed = hash.getValue() * MIX;
    return mixed ^ (mixed >>> 32);
  }
}
