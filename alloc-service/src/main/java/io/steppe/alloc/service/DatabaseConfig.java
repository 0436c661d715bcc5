package io.steppe.alloc.service;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import io.steppe.ledger.DatabaseAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    if (url.isEmpty()) {
      return List.of();
    }
    var address =
        DatabaseAddress.of(
            url, Optional.of(value(context, USER)), Optional.of(value(context, PASSWORD)), ROLE);
    return List.of(new PropertiesConfigSource(properties(address), "steppe database", ORDINAL));
  }

  private static String value(ConfigSourceContext context, String name) {
    var value = context.getValue(name);
    return value == null || value.getValue() == null ? "" : value.getValue();
  }

  static Map<String, String> properties(DatabaseAddress address) {
    return Map.of(
        "quarkus.datasource.jdbc.url", address.jdbcUrl(),
        "quarkus.datasource.username", address.user(),
        "quarkus.datasource.password", address.password());
  }

  @Override
  public OptionalInt getPriority() {
    return OptionalInt.of(ORDINAL);
  }
}
