package io.steppe.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/**
 * Makes a database ready for the services: roles, schemas, passwords. Doing it again changes
 * nothing.
 */
public final class Bootstrap {
  private static final int OLDEST = 14;

  private final DatabaseUrl url;

  /**
   * @param url with a user who may make roles and schemas
   */
  public Bootstrap(DatabaseUrl url) {
    this.url = url;
  }

  /** Whether the server takes connections now. */
  public boolean accepts() {
    try (Connection connection = connect()) {
      return connection.isValid(5);
    } catch (SQLException notYet) {
      return false;
    }
  }

  /**
   * Makes the database itself, if the server lacks it; asked of a connection to another of its
   * databases.
   */
  public void createDatabase(String name) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      try (ResultSet found =
          statement.executeQuery("select 1 from pg_database where datname = " + literal(name))) {
        if (found.next()) {
          return;
        }
      }
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /**
   * Applies the bootstrap and sets the services' passwords.
   *
   * @param passwords by role
   */
  public void apply(Map<String, String> passwords) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      if (version < OLDEST) {
        throw new StartFailure(
            "The database is PostgreSQL %d; Steppe needs %d or newer".formatted(version, OLDEST));
      }
      connection.setAutoCommit(false);
      statement.execute(sql());
      for (Map.Entry<String, String> role : passwords.entrySet()) {
        statement.execute(
            "alter role " + role.getKey() + " login password " + literal(role.getValue()));
      }
      connection.commit();
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    url.user().ifPresent(user -> properties.setProperty("user", user));
    url.password().ifPresent(password -> properties.setProperty("password", password));
    properties.setProperty("connectTimeout", Long.toString(Duration.ofSeconds(5).toSeconds()));
    properties.setProperty("loginTimeout", "10");
    properties.setProperty("ApplicationName", "steppe launcher");
    return DriverManager.getConnection(url.jdbc(), properties);
  }

  private StartFailure failure(SQLException e) {
    String where = "%s:%d/%s".formatted(url.host(), url.port(), url.database());
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String message = e.getMessage().lines().findFirst().orElse(state);
    if (state.startsWith("08")) {
      return new StartFailure("The database " + where + " is not reachable: " + message, e);
    }
    if (state.startsWith("42501") || state.equals("0LP01")) {
      return new StartFailure(
          "The user of --database may not make roles and schemas in %s (%s): it needs CREATEROLE, and CREATE on the database"
              .formatted(where, message),
          e);
    }
    return new StartFailure("The database " + where + " refused: " + message, e);
  }

  private static String sql() {
    try (InputStream in = Bootstrap.class.getResourceAsStream("/io/steppe/ledger/bootstrap.sql")) {
      if (in == null) {
        throw new StartFailure(
            "The build is not whole: bootstrap.sql is missing; ./steppe build makes it");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StartFailure("Cannot read bootstrap.sql: " + e.getMessage(), e);
    }
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
