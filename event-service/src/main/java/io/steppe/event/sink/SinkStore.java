package io.steppe.event.sink;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.steppe.ledger.seal.Sealed;
import io.steppe.proto.v1.EventSink;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The sinks in the database. Blocks. */
final class SinkStore {
  private static final int TIMEOUT_SECONDS = 10;

  private final DataSource database;

  SinkStore(DataSource database) {
    this.database = database;
  }

  /** All of them, in order of id. */
  List<Sink> all() throws SQLException {
    return query("select * from ledger.sinks order by id");
  }

  /** One of them. */
  Optional<Sink> get(String id) throws SQLException {
    return query("select * from ledger.sinks where id = ?", id).stream().findFirst();
  }

  /**
   * Makes a sink.
   *
   * @param delivered the index it starts after
   * @param most sinks there may be
   * @return whether it is there now: false where its id is taken or there are enough
   */
  boolean insert(EventSink definition, Sealed secret, long delivered, int most)
      throws SQLException {
    return update(
        "insert into ledger.sinks (id, definition, sealed, seal_key, delivered_index)"
            + " select ?, ?, ?, ?, ?"
            + " where (select count(*) from ledger.sinks) < ? on conflict (id) do nothing",
        definition.getId(),
        stored(definition),
        secret.bytes().toByteArray(),
        secret.keyId(),
        delivered,
        most);
  }

  /**
   * Replaces a definition.
   *
   * @param secret none for the one it has
   * @param delivered empty for where it is
   */
  boolean replace(EventSink definition, Optional<Sealed> secret, Optional<Long> delivered)
      throws SQLException {
    return update(
        "update ledger.sinks set definition = ?, sealed = coalesce(?, sealed),"
            + " seal_key = coalesce(?, seal_key),"
            + " secret = case when ?::text is null then secret end,"
            + " delivered_index = coalesce(?::bigint, delivered_index), version = version + 1,"
            + " modified_at = clock_timestamp(), failures = 0, next_attempt_at = null where id = ?",
        stored(definition),
        bytes(secret),
        keyId(secret),
        keyId(secret),
        delivered.map(String::valueOf).orElse(null),
        definition.getId());
  }

  /** Stores a secret sealed anew; false when it is another by now. */
  boolean sealAnew(Sink sink, Sealed secret) throws SQLException {
    return update(
        "update ledger.sinks set sealed = ?, seal_key = ?, secret = null"
            + " where id = ? and version = ?",
        secret.bytes().toByteArray(),
        secret.keyId(),
        sink.id(),
        sink.version());
  }

  boolean delete(String id) throws SQLException {
    return update("delete from ledger.sinks where id = ?", id);
  }

  /** Moves the place after a delivery; false when the sink is another by now. */
  boolean delivered(Sink sink, long index, String replica) throws SQLException {
    return update(
        "update ledger.sinks set delivered_index = greatest(delivered_index, ?),"
            + " delivered_at = clock_timestamp(), failures = 0, next_attempt_at = null, replica = ?"
            + " where id = ? and version = ?",
        index,
        replica,
        sink.id(),
        sink.version());
  }

  /** Moves the place over what was not for this sink. */
  boolean passed(Sink sink, long index, String replica) throws SQLException {
    return update(
        "update ledger.sinks set delivered_index = greatest(delivered_index, ?), replica = ?"
            + " where id = ? and version = ?",
        index,
        replica,
        sink.id(),
        sink.version());
  }

  /** Notes an attempt that failed. */
  boolean failed(Sink sink, String error, int failures, Instant nextAttempt, String replica)
      throws SQLException {
    return update(
        "update ledger.sinks set last_error = ?, last_error_at = clock_timestamp(), failures = ?,"
            + " next_attempt_at = ?, replica = ? where id = ? and version = ?",
        error,
        failures,
        Timestamp.from(nextAttempt),
        replica,
        sink.id(),
        sink.version());
  }

  /** Notes indexes that are gone. */
  boolean lost(Sink sink, long indexes, String replica) throws SQLException {
    return update(
        "update ledger.sinks set lost = lost + ?, replica = ? where id = ? and version = ?",
        indexes,
        replica,
        sink.id(),
        sink.version());
  }

  private List<Sink> query(String sql, Object... values) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = prepared(connection, sql, values);
        ResultSet rows = statement.executeQuery()) {
      List<Sink> sinks = new ArrayList<>();
      while (rows.next()) {
        sinks.add(sink(rows));
      }
      return sinks;
    }
  }

  private boolean update(String sql, Object... values) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = prepared(connection, sql, values)) {
      return statement.executeUpdate() > 0;
    }
  }

  private static PreparedStatement prepared(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setQueryTimeout(TIMEOUT_SECONDS);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  private static byte[] stored(EventSink definition) {
    return definition.toBuilder().clearSecret().clearState().clearIndex().build().toByteArray();
  }

  private static Sink sink(ResultSet row) throws SQLException {
    return new Sink(
        definition(row.getBytes("definition")),
        secret(row),
        row.getLong("version"),
        row.getLong("delivered_index"),
        new Sink.Progress(
            instant(row, "delivered_at"),
            row.getString("last_error"),
            instant(row, "last_error_at"),
            row.getInt("failures"),
            instant(row, "next_attempt_at"),
            row.getLong("lost"),
            row.getString("replica")),
        instant(row, "created_at").orElseThrow(),
        instant(row, "modified_at").orElseThrow());
  }

  private static byte[] bytes(Optional<Sealed> secret) {
    return secret.map(one -> one.bytes().toByteArray()).orElse(null);
  }

  private static String keyId(Optional<Sealed> secret) {
    return secret.map(Sealed::keyId).orElse(null);
  }

  private static StoredSecret secret(ResultSet row) throws SQLException {
    byte[] sealed = row.getBytes("sealed");
    return sealed == null
        ? new StoredSecret.Open(row.getString("secret"))
        : new StoredSecret.Closed(
            new Sealed(row.getString("seal_key"), ByteString.copyFrom(sealed)));
  }

  private static EventSink definition(byte[] stored) throws SQLException {
    try {
      return EventSink.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new SQLException("a sink's definition can't be read", e);
    }
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
  }
}
