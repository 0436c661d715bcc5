package io.steppe.event.archive;

import io.steppe.event.archive.ArchiveFile.Damaged;
import io.steppe.event.proto.v1.ArchiveHeader;
import io.steppe.event.proto.v1.ArchiveRecord;
import io.steppe.event.proto.v1.StateRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/** Puts a region back as an archive has it: in one transaction, or not at all. */
final class Restoring {
  private static final int ROWS = 500;
  private static final int BYTES = 4 << 20;

  private final DataSource database;
  private final String region;
  private final ArchiveSeal seal;

  /** Where the log begins after it. */
  record Restored(long index, long epoch) {}

  Restoring(DataSource database, String region, ArchiveSeal seal) {
    this.database = database;
    this.region = region;
    this.seal = seal;
  }

  /**
   * Restores the region.
   *
   * @param keepSealed although its secrets can't be opened here
   * @throws Damaged for a file that is no whole archive of this region, in a version that is known
   *     here, with secrets that can be opened here; nothing has changed then
   */
  Restored restore(Path archive, boolean keepSealed) throws SQLException, IOException, Damaged {
    Path state = Files.createTempFile("steppe-", ".state");
    try {
      ArchiveFile.unpack(archive, state);
      readThrough(state, keepSealed);
      return write(state);
    } finally {
      Files.deleteIfExists(state);
    }
  }

  /** Before anything is touched: that it can be read to its end. */
  private void readThrough(Path state, boolean keepSealed) throws IOException, Damaged {
    try (ArchiveReader in = ArchiveReader.open(state)) {
      ArchiveHeader header = in.header();
      if (!header.getRegion().equals(region)) {
        throw new Damaged("it is of region " + header.getRegion() + ", and this is " + region);
      }
      if (!keepSealed) {
        seal.check(header);
      }
      while (in.next().isPresent()) {
        // What it holds is of no interest yet.
      }
    }
  }

  private Restored write(Path state) throws SQLException, IOException, Damaged {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      boolean done = false;
      try (Statement statement = connection.createStatement()) {
        statement.execute("select * from ledger.take_v1()");
        Restored restored = write(connection, statement, state);
        connection.commit();
        done = true;
        return restored;
      } finally {
        if (!done) {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      }
    }
  }

  private static Restored write(Connection connection, Statement statement, Path state)
      throws SQLException, IOException, Damaged {
    Set<String> known = new HashSet<>();
    List<String> tables = new ArrayList<>();
    for (String schema : Schemas.of(statement)) {
      try (ResultSet cleared =
          statement.executeQuery("select " + Schemas.quoted(schema) + ".clear_v1()")) {
        while (cleared.next()) {
          known.add(schema + "." + cleared.getString(1));
          tables.add(cleared.getString(1));
        }
      }
    }
    statement.execute("delete from ledger.sinks");
    try (ArchiveReader in = ArchiveReader.open(state)) {
      Rows rows = new Rows(connection);
      for (Optional<ArchiveRecord> next = in.next(); next.isPresent(); next = in.next()) {
        ArchiveRecord record = next.get();
        switch (record.getRecordCase()) {
          case STATE -> {
            StateRow row = record.getState();
            if (!known.contains(row.getSchema() + "." + row.getTable())) {
              throw new Damaged("it has a table that is not known here: " + row.getTable());
            }
            rows.add(row);
          }
          case SINK -> sink(connection, record.getSink().getJson());
          default -> throw new Damaged("it holds what is not known here");
        }
      }
      rows.flush();
      return begin(connection, in.header().getIndex(), tables);
    }
  }

  private static void sink(Connection connection, String json) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into ledger.sinks"
                + " select (jsonb_populate_record(null::ledger.sinks, ?::jsonb)).*")) {
      insert.setString(1, json);
      insert.executeUpdate();
    }
  }

  private static Restored begin(Connection connection, long index, List<String> tables)
      throws SQLException {
    Restored restored;
    Array names = connection.createArrayOf("text", tables.toArray());
    try (PreparedStatement begin =
        connection.prepareStatement("select epoch, index from ledger.begin_anew(?, ?, ?)")) {
      begin.setObject(1, UUID.randomUUID());
      begin.setLong(2, index);
      begin.setArray(3, names);
      try (ResultSet begun = begin.executeQuery()) {
        begun.next();
        restored = new Restored(begun.getLong("index"), begun.getLong("epoch"));
      }
    }
    // What happened before is no longer in the log: sinks go on from here.
    try (PreparedStatement sinks =
        connection.prepareStatement("update ledger.sinks set delivered_index = ?, replica = ''")) {
      sinks.setLong(1, restored.index());
      sinks.executeUpdate();
    }
    return restored;
  }

  /** Rows of one table, some at a time. */
  private static final class Rows {
    private final Connection connection;
    private final List<StateRow> rows = new ArrayList<>();
    private long bytes;

    Rows(Connection connection) {
      this.connection = connection;
    }

    void add(StateRow row) throws SQLException {
      boolean other =
          !rows.isEmpty()
              && !(rows.getFirst().getSchema().equals(row.getSchema())
                  && rows.getFirst().getTable().equals(row.getTable()));
      if (other || rows.size() >= ROWS || bytes >= BYTES) {
        flush();
      }
      rows.add(row);
      bytes += row.getObject().size();
    }

    void flush() throws SQLException {
      if (rows.isEmpty()) {
        return;
      }
      String schema = Schemas.quoted(rows.getFirst().getSchema());
      try (PreparedStatement put =
          connection.prepareStatement("select " + schema + ".restore_v1(?, ?, ?, ?, ?)")) {
        put.setString(1, rows.getFirst().getTable());
        put.setArray(2, array("text", rows.stream().map(StateRow::getKey).toArray(String[]::new)));
        put.setArray(
            3, array("bigint", rows.stream().map(StateRow::getCreateIndex).toArray(Long[]::new)));
        put.setArray(
            4, array("bigint", rows.stream().map(StateRow::getModifyIndex).toArray(Long[]::new)));
        put.setArray(
            5,
            array(
                "bytea",
                rows.stream().map(row -> row.getObject().toByteArray()).toArray(byte[][]::new)));
        put.execute();
      }
      rows.clear();
      bytes = 0;
    }

    private Array array(String type, Object[] values) throws SQLException {
      return connection.createArrayOf(type, values);
    }
  }
}
