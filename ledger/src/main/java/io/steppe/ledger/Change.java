package io.steppe.ledger;

import com.google.protobuf.ByteString;
import java.util.Optional;

/**
 * One object put into or deleted from a table.
 *
 * @param table the table, as in {@link Tables}
 * @param key the object's key within its table
 * @param object the object as stored, encoded; empty when it is deleted
 * @param event what the event stream shows of it, if anything
 */
public record Change(
    String table, String key, Optional<ByteString> object, Optional<EventTag> event) {

  public static Change put(String table, String key, ByteString object) {
    return new Change(table, key, Optional.of(object), Optional.empty());
  }

  public static Change delete(String table, String key) {
    return new Change(table, key, Optional.empty(), Optional.empty());
  }

  /**
   * The same change, shown on the event stream. A deletion that is shown carries the object as it
   * last was: see {@link EventTag#lastObject}.
   */
  public Change shownAs(EventTag tag) {
    return new Change(table, key, object, Optional.of(tag));
  }
}
