package io.steppe.event.service;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import io.steppe.ledger.DatabaseAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Gives JDBC the database that {@code steppe.database.*} names. */
public final class DatabaseConfig implements ConfigSourceFactory {
  /** The role that owns the log. */
  static final String ROLE = "steppe_event";

  /** Below what an operator sets, above application.properties. */
  private static final int ORDINAL = 255;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    String url = value(context, "steppe.database.url");
    if (url.isEmpty()) {
      return List.of();
    }
    DatabaseAddress address =
        DatabaseAddress.of(
            url,
            Optional.of(value(context, "steppe.database.user")),
            Optional.of(value(context, "steppe.database.password")),
            ROLE);
    Map<String, String> properties =
        Map.of(
            "quarkus.datasource.jdbc.url", address.jdbcUrl(),
            "quarkus.datasource.username", address.user(),
            "quarkus.datasource.password", address.password());
    return List.of(new PropertiesConfigSource(properties, "steppe database", ORDINAL));
  }

  private static String value(ConfigSourceContext context, String name) {
    ConfigValue value = context.getValue(name);
    return value == null || value.getValue() == null ? "" : value.getValue();
  }

  @Override
  public OptionalInt getPriority() {
    return OptionalInt.of(ORDINAL);
  }
}
