package io.steppe.gateway.acl;

import java.net.URI;

/**
 * Where the database is and who logs in.
 *
 * @param url postgresql://host:port/database, without user and password
 * @param password empty for none
 */
record DatabaseAddress(String url, String user, String password) {
  /**
   * Reads the settings; user and password in the URL go first.
   *
   * @throws IllegalArgumentException for a URL that names no host and database
   */
  static DatabaseAddress of(DatabaseSettings settings) {
    URI uri = URI.create(settings.url());
    if (uri.getHost() == null || uri.getPath() == null || uri.getPath().length() < 2) {
      throw new IllegalArgumentException(
          "steppe.database.url must be postgresql://host:port/database");
    }
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String[] login = uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
    return new DatabaseAddress(
        "postgresql://" + uri.getHost() + port + uri.getRawPath() + query,
        login.length > 0 ? login[0] : settings.user(),
        login.length > 1 ? login[1] : settings.password().orElse(""));
  }

  String jdbcUrl() {
    return "jdbc:" + url;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return user + "@" + url;
  }
}
