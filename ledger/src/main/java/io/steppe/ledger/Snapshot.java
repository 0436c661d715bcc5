package io.steppe.ledger;

import java.time.Instant;
import java.util.Map;

/**
 * A view at an index.
 *
 * @param epoch the log's epoch
 * @param index the index of the last change in the view
 * @param tableIndexes per table the index of its last change; absent for a table never written
 * @param newestAt when this was last known to be the newest state
 */
public record Snapshot<V extends View<V>>(
    long epoch, long index, V view, Map<String, Long> tableIndexes, Instant newestAt) {

  public Snapshot {
    tableIndexes = Map.copyOf(tableIndexes);
  }

  /** Index of the table's last change, 0 for a table never written. */
  public long tableIndex(String table) {
    return tableIndexes.getOrDefault(table, 0L);
  }
}
