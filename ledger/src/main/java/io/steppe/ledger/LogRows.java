package io.steppe.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The log's functions as calls on a {@link Line}. */
final class LogRows {
  private static final String HEAD =
      "select epoch, index, batch, oldest, table_indexes from ledger.head_v1()";

  private static final String READ =
      """
      select h.epoch, h.index as head, h.batch, h.oldest, ledger.batch_at_v1($1) as own_batch, r.*
      from ledger.head_v1() h left join ledger.%s($1, $2, $3, $4, $5) r on true
      order by r.index, r.ordinal""";

  private static final String PLAIN = READ.formatted("read_v1");
  private static final String WITH_TIMES = READ.formatted("read_v2");

  private LogRows() {}

  /**
   * Where the log is.
   *
   * @param batch the batch of the last commit, none for an empty log
   * @param oldest the lowest index it still has
   */
  record Head(
      long epoch, long index, Optional<UUID> batch, long oldest, Map<String, Long> tableIndexes) {}

  /**
   * Some of the log, and where the log was.
   *
   * @param at the batch of the index the page starts after
   * @param complete whether there is no more of it up to the head
   */
  record Page(Head head, Optional<UUID> at, List<LoggedChange> changes, boolean complete) {}

  static Uni<Head> head(Line line) {
    return line.call(HEAD, Tuple.tuple())
        .onItem()
        .transform(rows -> headOf(rows.iterator().next()));
  }

  static Head headOf(Row row) {
    Map<String, Long> tables = new HashMap<>();
    JsonObject json = row.getJsonObject("table_indexes");
    json.fieldNames().forEach(table -> tables.put(table, json.getLong(table)));
    return new Head(
        row.getLong("epoch"),
        row.getLong("index"),
        Optional.ofNullable(row.getUUID("batch")),
        row.getLong("oldest"),
        Map.copyOf(tables));
  }

  /** How much is read at once, and whether with times. */
  record Amount(int rows, long bytes, boolean times) {}

  /** Changes after a place, of some tables. */
  static Uni<Page> read(Line line, long index, int ordinal, Set<String> tables, Amount amount) {
    int rows = amount.rows();
    long bytes = amount.bytes();
    String sql = amount.times() ? WITH_TIMES : PLAIN;
    Tuple arguments = Tuple.of(index, ordinal, tables.toArray(String[]::new), rows, bytes);
    return line.call(sql, arguments).onItem().transform(found -> page(found, amount));
  }

  private static Page page(RowSet<Row> found, Amount amount) {
    List<LoggedChange> changes = new ArrayList<>(found.size());
    long size = 0;
    Row first = found.iterator().next();
    for (Row row : found) {
      if (row.getValue("ordinal") != null) {
        LoggedChange change = change(row, amount.times());
        changes.add(change);
        size += change.change().object().map(ByteString::size).orElse(0);
        size +=
            change.change().event().flatMap(EventTag::lastObject).map(ByteString::size).orElse(0);
      }
    }
    Head head =
        new Head(
            first.getLong("epoch"),
            first.getLong("head"),
            Optional.ofNullable(first.getUUID("batch")),
            first.getLong("oldest"),
            Map.of());
    Optional<UUID> at = Optional.ofNullable(first.getUUID("own_batch"));
    return new Page(head, at, changes, changes.size() < amount.rows() && size < amount.bytes());
  }

  private static LoggedChange change(Row row, boolean times) {
    Optional<EventTag> event =
        Optional.ofNullable(row.getString("topic"))
            .map(
                topic ->
                    new EventTag(
                        topic,
                        row.getString("event_type"),
                        row.getString("event_key"),
                        row.getString("namespace"),
                        List.of(row.getArrayOfStrings("filter_keys")),
                        bytes(row.getBuffer("last_object"))));
    Change change =
        new Change(
            row.getString("table_name"),
            row.getString("key"),
            bytes(row.getBuffer("object")),
            event);
    Optional<Instant> at =
        times
            ? Optional.ofNullable(row.getOffsetDateTime("at")).map(OffsetDateTime::toInstant)
            : Optional.empty();
    return new LoggedChange(row.getLong("index"), row.getInteger("ordinal"), change, at);
  }

  /** The bytes of a column; the buffer is ours alone, so it is wrapped. */
  static Optional<ByteString> bytes(Buffer buffer) {
    return buffer == null
        ? Optional.empty()
        : Optional.of(UnsafeByteOperations.unsafeWrap(buffer.getBytes()));
  }
}
