package io.steppe.node.pool;

import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.NodePool;
import java.util.List;
import java.util.Optional;

/** A changed node pool as the log takes it, with the event it shows as. */
public final class PoolChange {
  private static final String TOPIC = "NodePool";

  private PoolChange() {}

  /** Stores the pool, changed at an index. */
  public static Change put(NodePool.Builder pool, long index) {
    NodePool stored = pool.setModifyIndex(index).build();
    return Change.put(Tables.NODE_POOLS, stored.getName(), stored.toByteString())
        .shownAs(new EventTag(TOPIC, "NodePoolUpserted", stored.getName(), "", List.of()));
  }

  /** Forgets the pool; the event shows it as it last was. */
  static Change delete(NodePool pool) {
    return Change.delete(Tables.NODE_POOLS, pool.getName())
        .shownAs(
            new EventTag(
                TOPIC,
                "NodePoolDeleted",
                pool.getName(),
                "",
                List.of(),
                Optional.of(pool.toByteString())));
  }
}
