package io.steppe.alloc.service;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Gives the migration the database that {@code steppe.database.*} names. */
public final class DatabaseConfig implements ConfigSourceFactory {
  static final String URL = "steppe.database.url";
  static final String USER = "steppe.database.user";
  static final String PASSWORD = "steppe.database.password";

  /** The role that owns this service's schema. */
  static final String ROLE = "steppe_alloc";

  /** Below what an operator sets, above the defaults. */
  private static final int ORDINAL = 240;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    var url = value(context, URL);
    return url.isEmpty()
        ? List.of()
        : List.of(
            new PropertiesConfigSource(
                properties(url, value(context, USER), value(context, PASSWORD)),
                "steppe database",
                ORDINAL));
  }

  private static String value(ConfigSourceContext context, String name) {
    var value = context.getValue(name);
    return value == null || value.getValue() == null ? "" : value.getValue();
  }

  /**
   * @param url postgresql://[user[:password]@]host:port/database
   */
  static Map<String, String> properties(String url, String user, String password) {
    var uri = URI.create(url);
    var properties = new HashMap<String, String>();
    var port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    var query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    properties.put(
        "quarkus.datasource.jdbc.url",
        "jdbc:postgresql://" + uri.getHost() + port + uri.getRawPath() + query);
    properties.put("quarkus.datasource.username", userOf(url, user));
    var secret = passwordOf(url, password);
    if (!secret.isEmpty()) {
      properties.put("quarkus.datasource.password", secret);
    }
    return properties;
  }

  /** The role to connect as: as set, as the url names it, or the service's own. */
  static String userOf(String url, String user) {
    return first(user, named(url)[0], ROLE);
  }

  /** Its password: as set, or as the url holds it; empty for none. */
  static String passwordOf(String url, String password) {
    var named = named(url);
    return first(password, named.length > 1 ? named[1] : "", "");
  }

  private static String[] named(String url) {
    var info = URI.create(url).getUserInfo();
    return info == null ? new String[] {""} : info.split(":", 2);
  }

  private static String first(String one, String two, String otherwise) {
    if (!one.isEmpty()) {
      return one;
    }
    return two.isEmpty() ? otherwise : two;
  }

  @Override
  public OptionalInt getPriority() {
    return OptionalInt.of(ORDINAL);
  }
}
