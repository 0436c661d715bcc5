package io.steppe.alloc.identity;

import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.view.AllocView;
import io.steppe.rpc.v1.StoredKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * How long keys sign, and are known.
 *
 * @param rotated after so long another key signs; zero for never
 * @param kept so long at least a key is known that does not sign any more
 */
public record KeyAges(Duration rotated, Duration kept) {

  /** Whether another key is to sign from now on. */
  boolean isOver(StoredKey active, Instant now) {
    return !rotated.isZero() && age(active.getMeta().getCreateTime(), now) >= rotated.toNanos();
  }

  /**
   * Keys that nothing stands on: they have not signed for long, and no allocation lives that was
   * there when they did.
   */
  List<String> forgettable(AllocView view, Instant now) {
    long oldest =
        view.allocations().values().stream()
            .filter(allocation -> !Statuses.clientTerminal(allocation))
            .mapToLong(allocation -> allocation.getCreateIndex())
            .min()
            .orElse(Long.MAX_VALUE);
    return Keyring.all(view).stream()
        .filter(key -> key.getMeta().getState().equals(Keyring.INACTIVE))
        .filter(key -> key.getMeta().getModifyIndex() <= oldest)
        .filter(key -> restsFor(key, view, now) >= kept.toNanos())
        .map(Keyring::id)
        .toList();
  }

  /** How long another signs in its place: that one was made in the commit that retired it. */
  private static long restsFor(StoredKey key, AllocView view, Instant now) {
    OptionalLong since =
        Keyring.all(view).stream()
            .filter(other -> other.getMeta().getCreateIndex() >= key.getMeta().getModifyIndex())
            .mapToLong(other -> other.getMeta().getCreateTime())
            .min();
    return since.isPresent() ? age(since.getAsLong(), now) : 0;
  }

  private static long age(long time, Instant now) {
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - time;
  }
}
