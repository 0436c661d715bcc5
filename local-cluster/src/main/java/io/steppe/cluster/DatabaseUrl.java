package io.steppe.cluster;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a PostgreSQL database is, as {@code
 * postgresql://user:password@host:port/database?parameters} says it.
 *
 * @param host name or address
 * @param port of it
 * @param database its name
 * @param user who may make roles and schemas there
 * @param password of the user
 * @param query what follows the question mark, passed on to every connection
 */
public record DatabaseUrl(
    String host,
    int port,
    String database,
    Optional<String> user,
    Optional<String> password,
    Optional<String> query) {

  /** Reads one, or says what is wrong with it. */
  public static DatabaseUrl parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new StartFailure("Not a database URL (%s): %s".formatted(e.getReason(), FORM), e);
    }
    boolean postgres = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
    if (!postgres || uri.getHost() == null || uri.getPath() == null || uri.getPath().length() < 2) {
      throw new StartFailure("Not a database URL: " + FORM);
    }
    String[] account =
        uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
    return new DatabaseUrl(
        uri.getHost(),
        uri.getPort() < 0 ? 5432 : uri.getPort(),
        uri.getPath().substring(1),
        account.length > 0 ? Optional.of(decode(account[0])) : Optional.empty(),
        account.length > 1 ? Optional.of(decode(account[1])) : Optional.empty(),
        Optional.ofNullable(uri.getRawQuery()));
  }

  private static final String FORM = "it looks like postgresql://user:password@host:5432/database";

  /** For services, which bring user and password of their own. */
  public String withoutUser() {
    return "postgresql://%s:%d/%s%s"
        .formatted(host, port, database, query.map(q -> "?" + q).orElse(""));
  }

  /** For JDBC, user and password aside. */
  public String jdbc() {
    return "jdbc:" + withoutUser();
  }

  /** The same server, another database. */
  public DatabaseUrl withDatabase(String other) {
    return new DatabaseUrl(host, port, other, user, password, query);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
