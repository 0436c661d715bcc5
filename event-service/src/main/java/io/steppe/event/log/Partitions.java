package io.steppe.event.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * The partitions of the log: made ahead of the head, and dropped when retention lets them go.
 * Blocks; one round at a time over all replicas.
 */
public final class Partitions {
  private static final Logger LOG = Logger.getLogger(Partitions.class);

  /** Full partitions that are there beyond the head's. */
  private static final int AHEAD = 2;

  /** Rows forgotten in one transaction. */
  private static final int FORGOTTEN = 10_000;

  /** The advisory lock of the replica that does the round. */
  private static final long ROUND = 7310875246270539L;

  private final DataSource database;

  public Partitions(DataSource database) {
    this.database = database;
  }

  /**
   * What the log keeps: whatever one of the first two asks for, as far as there is room.
   *
   * @param events at least so many events
   * @param age changes up to this age
   * @param bytes of disk that full partitions may take, whatever else asks to keep them
   * @param requests how long request ids are known
   */
  public record Retention(long events, Duration age, long bytes, Duration requests) {}

  /**
   * One round: makes partitions, drops others, forgets what belonged to them.
   *
   * @return names of the partitions dropped
   */
  public List<String> round(Retention retention) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(true);
      if (!one(connection, "select pg_try_advisory_lock(" + ROUND + ")")) {
        return List.of();
      }
      try {
        return round(connection, retention);
      } finally {
        one(connection, "select pg_advisory_unlock(" + ROUND + ")");
      }
    }
  }

  private static List<String> round(Connection connection, Retention retention)
      throws SQLException {
    execute(
        connection,
        "select ledger.add_partitions((select h.index from ledger.head_v1() h), " + AHEAD + ")");
    List<String> dropped = new ArrayList<>();
    for (String name : expired(connection, retention)) {
      drop(connection, name);
      dropped.add(name);
    }
    forget(connection, retention);
    return dropped;
  }

  private static List<String> expired(Connection connection, Retention retention)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select ledger.expire_partitions(?, make_interval(secs => ?), ?)")) {
      statement.setLong(1, retention.events());
      statement.setDouble(2, retention.age().toSeconds());
      statement.setLong(3, retention.bytes());
      List<String> names = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
      return names;
    }
  }

  /**
   * Detaches without holding up readers or writers, waiting a short time only; a round that was
   * interrupted between the two steps of it, or between it and the drop, is finished by the next.
   */
  private static void drop(Connection connection, String name) throws SQLException {
    execute(connection, "set lock_timeout = '2s'");
    try {
      switch (state(connection, name)) {
        case "attached" -> detach(connection, name, "concurrently");
        case "pending" -> detach(connection, name, "finalize");
        default -> LOG.debugf("Partition %s was detached before", name);
      }
      execute(connection, "drop table if exists ledger." + quoted(name));
      execute(
          connection,
          "delete from ledger.partitions where name = '" + name.replace("'", "''") + "'");
      LOG.infof("Dropped partition %s of the log", name);
    } finally {
      execute(connection, "reset lock_timeout");
    }
  }

  private static void detach(Connection connection, String name, String how) throws SQLException {
    execute(
        connection, "alter table ledger.log detach partition ledger." + quoted(name) + " " + how);
  }

  private static String state(Connection connection, String name) throws SQLException {
    String sql =
        "select case when i.inhdetachpending then 'pending' else 'attached' end from pg_inherits i"
            + " join pg_class c on c.oid = i.inhrelid where i.inhparent = 'ledger.log'::regclass"
            + " and c.relname = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : "detached";
      }
    }
  }

  private static void forget(Connection connection, Retention retention) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select ledger.forget(make_interval(secs => ?), ?)")) {
      statement.setDouble(1, retention.requests().toSeconds());
      statement.setInt(2, FORGOTTEN);
      long rows;
      do {
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          rows = row.getLong(1);
        }
      } while (rows >= FORGOTTEN);
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static boolean one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
