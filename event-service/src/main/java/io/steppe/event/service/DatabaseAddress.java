package io.steppe.event.service;

import java.net.URI;

/**
 * Where the database is and who logs in.
 *
 * @param url postgresql://host:port/database, without user and password
 * @param password empty for none
 */
record DatabaseAddress(String url, String user, String password) {
  private static final String ROLE = "steppe_event";

  /**
   * Takes user and password from the settings, else from the url, else the role that owns the log.
   *
   * @throws IllegalArgumentException for a url that names no host and database
   */
  static DatabaseAddress of(String url, String user, String password) {
    URI uri = URI.create(url);
    if (uri.getHost() == null || uri.getPath() == null || uri.getPath().length() < 2) {
      throw new IllegalArgumentException(
          "steppe.database.url must be postgresql://host:port/database");
    }
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String[] login = uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
    return new DatabaseAddress(
        "postgresql://" + uri.getHost() + port + uri.getRawPath() + query,
        !user.isEmpty() ? user : login.length > 0 ? login[0] : ROLE,
        !password.isEmpty() ? password : login.length > 1 ? login[1] : "");
  }
}
