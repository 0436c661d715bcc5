package io.steppe.event.change;

import io.steppe.ledger.LoggedChange;
import io.steppe.rpc.v1.ChangeBatch;
import io.steppe.rpc.v1.TableChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which keys changed at the end of the log, bounded in number. */
final class RecentChanges {
  /** Keys in one message. */
  private static final int BATCH = 5_000;

  private record Changed(long index, String table, String key) {}

  private final int max;
  private final ArrayDeque<Changed> changes = new ArrayDeque<>();
  private long first = 1;
  private long last;

  RecentChanges(int max) {
    this.max = max;
  }

  void reset(long index) {
    changes.clear();
    first = index + 1;
    last = index;
  }

  void add(List<LoggedChange> added, long upTo) {
    for (LoggedChange logged : added) {
      changes.add(new Changed(logged.index(), logged.change().table(), logged.change().key()));
    }
    last = upTo;
    while (changes.size() > max) {
      first = changes.poll().index() + 1;
    }
  }

  /** Whether everything after an index is here. */
  boolean holds(long index) {
    return index + 1 >= first && index <= last;
  }

  long last() {
    return last;
  }

  /**
   * What changed after an index, each key once a table: all of it, or as many whole indexes as one
   * message takes.
   */
  ChangeBatch after(long index, long epoch) {
    List<Changed> taken = new ArrayList<>();
    for (var newest = changes.descendingIterator(); newest.hasNext(); ) {
      Changed one = newest.next();
      if (one.index() <= index) {
        break;
      }
      taken.add(one);
    }
    List<Changed> inOrder = taken.reversed();
    long upTo = last;
    if (inOrder.size() > BATCH && inOrder.get(BATCH - 1).index() != inOrder.getLast().index()) {
      upTo = inOrder.get(BATCH - 1).index();
    }
    return batch(inOrder, upTo, epoch);
  }

  private static ChangeBatch batch(List<Changed> changed, long upTo, long epoch) {
    Map<String, Set<String>> keys = new LinkedHashMap<>();
    Map<String, Long> indexes = new LinkedHashMap<>();
    for (Changed one : changed) {
      if (one.index() > upTo) {
        break;
      }
      keys.computeIfAbsent(one.table(), table -> new LinkedHashSet<>()).add(one.key());
      indexes.put(one.table(), one.index());
    }
    ChangeBatch.Builder batch = ChangeBatch.newBuilder().setIndex(upTo).setEpoch(epoch);
    keys.forEach(
        (table, all) ->
            batch.addTables(
                TableChange.newBuilder()
                    .setTable(table)
                    .setIndex(indexes.get(table))
                    .addAllKeys(all)));
    return batch.build();
  }
}
