package io.steppe.event.archive;

import com.google.protobuf.ByteString;
import io.steppe.event.proto.v1.ArchiveEnd;
import io.steppe.event.proto.v1.ArchiveHeader;
import io.steppe.event.proto.v1.ArchiveRecord;
import io.steppe.event.proto.v1.SinkRow;
import io.steppe.event.proto.v1.StateRow;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Writes a region down as it is at one index: all tables of all schemas, read in one snapshot. */
final class Saving {
  private static final int PAGE = 500;

  private final DataSource database;
  private final String region;
  private final ArchiveSeal seal;

  Saving(DataSource database, String region, ArchiveSeal seal) {
    this.database = database;
    this.region = region;
    this.seal = seal;
  }

  /** Saves into a new file. */
  Archive save() throws SQLException, IOException {
    Path state = Files.createTempFile("steppe-", ".state");
    Path file = Files.createTempFile("steppe-", ".snap");
    boolean done = false;
    try {
      ArchiveHeader header = state(state);
      byte[] digest = ArchiveFile.pack(state, header.getIndex(), header.getEpoch(), file);
      done = true;
      return new Archive(file, header.getIndex(), digest);
    } finally {
      Files.deleteIfExists(state);
      if (!done) {
        Files.deleteIfExists(file);
      }
    }
  }

  private ArchiveHeader state(Path to) throws SQLException, IOException {
    try (Connection connection = database.getConnection();
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(to))) {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try (Statement statement = connection.createStatement()) {
        ArchiveHeader header = header(statement);
        ArchiveRecord.newBuilder().setHeader(header).build().writeDelimitedTo(out);
        long rows = 0;
        for (String schema : Schemas.of(statement)) {
          rows += objects(statement, schema, out);
        }
        rows += sinks(statement, out);
        ArchiveRecord.newBuilder()
            .setEnd(ArchiveEnd.newBuilder().setRows(rows))
            .build()
            .writeDelimitedTo(out);
        return header;
      } finally {
        connection.rollback();
        connection.setReadOnly(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(true);
      }
    }
  }

  private ArchiveHeader header(Statement statement) throws SQLException {
    try (ResultSet head = statement.executeQuery("select epoch, index from ledger.head_v1()")) {
      head.next();
      ArchiveHeader.Builder header =
          ArchiveHeader.newBuilder()
              .setVersion(ArchiveReader.VERSION)
              .setRegion(region)
              .setEpoch(head.getLong("epoch"))
              .setIndex(head.getLong("index"));
      seal.prove(header);
      return header.build();
    }
  }

  private static long objects(Statement statement, String schema, OutputStream out)
      throws SQLException, IOException {
    String cursor;
    try (ResultSet opened =
        statement.executeQuery("select " + Schemas.quoted(schema) + ".archive_v1()::text")) {
      opened.next();
      cursor = Schemas.quoted(opened.getString(1));
    }
    long all = 0;
    for (long rows = PAGE; rows == PAGE; all += rows) {
      rows = 0;
      try (ResultSet page = statement.executeQuery("fetch " + PAGE + " from " + cursor)) {
        while (page.next()) {
          rows++;
          StateRow row =
              StateRow.newBuilder()
                  .setSchema(schema)
                  .setTable(page.getString("table_name"))
                  .setKey(page.getString("key"))
                  .setCreateIndex(page.getLong("create_index"))
                  .setModifyIndex(page.getLong("modify_index"))
                  .setObject(ByteString.copyFrom(page.getBytes("object")))
                  .build();
          ArchiveRecord.newBuilder().setState(row).build().writeDelimitedTo(out);
        }
      }
    }
    return all;
  }

  private static long sinks(Statement statement, OutputStream out)
      throws SQLException, IOException {
    List<String> rows = new ArrayList<>();
    try (ResultSet sinks =
        statement.executeQuery("select to_jsonb(s)::text from ledger.sinks s order by id")) {
      while (sinks.next()) {
        rows.add(sinks.getString(1));
      }
    }
    for (String row : rows) {
      ArchiveRecord.newBuilder()
          .setSink(SinkRow.newBuilder().setJson(row))
          .build()
          .writeDelimitedTo(out);
    }
    return rows.size();
  }
}
