package io.steppe.alloc.identity;

import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.rpc.v1.RotateKeyReply;
import io.steppe.rpc.v1.StoredKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

/**
 * A key signs from now on; the one before goes on to be known by what it signed.
 *
 * @param key made for it
 * @param over whether another may follow the one that signs now; nothing is changed otherwise
 */
record RotateKey(StoredKey key, BiPredicate<StoredKey, Instant> over)
    implements Decision<AllocView, RotateKeyReply> {
  /** Where there is none that signs. */
  static RotateKey first(StoredKey key) {
    return new RotateKey(key, (active, now) -> false);
  }

  /** Whatever signs now. */
  static RotateKey always(StoredKey key) {
    return new RotateKey(key, (active, now) -> true);
  }

  @Override
  public Outcome<RotateKeyReply> decide(AllocView view, long index, Instant now) {
    var active = Keyring.active(view);
    if (active.isPresent() && !over.test(active.get(), now)) {
      return new Outcome.Unchanged<>(
          RotateKeyReply.newBuilder().setKey(active.get().getMeta()).build());
    }
    List<Change> changes = new ArrayList<>();
    for (StoredKey known : Keyring.all(view)) {
      if (known.getMeta().getState().equals(Keyring.ACTIVE)) {
        changes.add(
            put(
                known.toBuilder()
                    .setMeta(
                        known.getMeta().toBuilder()
                            .setState(Keyring.INACTIVE)
                            .setModifyIndex(index))
                    .build()));
      }
    }
    var meta =
        key.getMeta().toBuilder()
            .setCreateTime(TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano())
            .setCreateIndex(index)
            .setModifyIndex(index)
            .build();
    changes.add(put(key.toBuilder().setMeta(meta).build()));
    return new Outcome.Commit<>(
        changes, RotateKeyReply.newBuilder().setIndex(index).setKey(meta).build());
  }

  private static Change put(StoredKey stored) {
    return Change.put(Tables.ROOT_KEYS, Keyring.id(stored), stored.toByteString());
  }
}
