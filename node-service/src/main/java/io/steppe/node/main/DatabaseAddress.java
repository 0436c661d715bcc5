package io.steppe.node.main;

import java.net.URI;
import java.util.Optional;

/**
 * Where the database is and who logs in.
 *
 * @param host with its port, as a JDBC URL takes them
 * @param password empty for none
 */
public record DatabaseAddress(
    String host, int port, String database, String user, String password) {
  private static final int DEFAULT_PORT = 5432;

  /**
   * Reads the settings; user and password in the URL go first.
   *
   * @throws IllegalArgumentException for a URL that names no host and database
   */
  public static DatabaseAddress of(NodeSettings.Database settings) {
    URI uri = URI.create(settings.url());
    if (uri.getHost() == null || uri.getPath() == null || uri.getPath().length() < 2) {
      throw new IllegalArgumentException(
          "steppe.database.url must be postgresql://host:port/database");
    }
    Optional<String[]> login =
        Optional.ofNullable(uri.getUserInfo()).map(info -> info.split(":", 2));
    return new DatabaseAddress(
        uri.getHost(),
        uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
        uri.getPath().substring(1),
        login.map(parts -> parts[0]).orElse(settings.user()),
        login
            .filter(parts -> parts.length == 2)
            .map(parts -> parts[1])
            .or(settings::password)
            .orElse(""));
  }

  String jdbcUrl() {
    return "jdbc:" + url();
  }

  /** Without user and password. */
  String url() {
    return "postgresql://" + host + ":" + port + "/" + database;
  }
}
