package io.steppe.node.session;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Spreads keys over replicas so that few move when a replica comes or goes. */
public final class Rendezvous {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Rendezvous() {}

  /** The replica that a key belongs to; empty when there is none. */
  public static Optional<String> owner(String key, Collection<String> replicas) {
    return replicas.stream()
        .max(Comparator.comparingLong((String id) -> weight(key, id)).thenComparing(id -> id));
  }

  private static long weight(String key, String replica) {
    long hash = FNV_OFFSET;
    for (byte b : (key + "|" + replica).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return mixed(hash);
  }

  /** FNV's high bits hardly depend on the last bytes; they decide the order. */
  private static long mixed(long hash) {
    long first = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    long second = (first ^ (first >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return second ^ (second >>> 33);
  }
}
