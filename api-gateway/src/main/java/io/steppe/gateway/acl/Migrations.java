package io.steppe.gateway.acl;

import io.quarkus.flyway.runtime.QuarkusFlywayClassProvider;
import io.quarkus.flyway.runtime.QuarkusFlywayResourceProvider;
import io.quarkus.flyway.runtime.QuarkusPathLocationScanner;
import io.steppe.ledger.DatabaseAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jboss.logging.Logger;

/**
 * Brings the schema {@code acl} up to date, as soon as the database lets us: processes start in any
 * order. Several replicas at once wait for each other; migrations of newer replicas are no error.
 */
final class Migrations {
  private static final Logger LOG = Logger.getLogger(Migrations.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final String SCHEMA = "acl";

  private final DatabaseAddress database;
  private final Thread worker =
      Thread.ofPlatform().daemon().name("acl-migrations").unstarted(this::run);
  private volatile boolean done;
  private volatile boolean stopped;

  Migrations(DatabaseAddress database) {
    this.database = database;
  }

  boolean done() {
    return done;
  }

  /** Tries until it works. */
  void start() {
    worker.start();
  }

  void stop() {
    stopped = true;
    worker.interrupt();
  }

  private void run() {
    while (!done && !stopped) {
      try {
        flyway().migrate();
        done = true;
      } catch (FlywayException e) {
        pause(e.getMessage().lines().findFirst().orElse(""));
      } catch (RuntimeException e) {
        LOG.errorf(e, "Bringing schema %s up to date failed", SCHEMA);
        pause(e.toString());
      }
    }
  }

  private void pause(String why) {
    if (stopped) {
      return;
    }
    LOG.warnf("Schema %s waits for the database: %s", SCHEMA, why);
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException e) {
      LOG.debug("Migrations end");
    }
  }

  private Flyway flyway() {
    FluentConfiguration configuration =
        Flyway.configure(Thread.currentThread().getContextClassLoader())
            .dataSource(database.jdbcUrl(), database.user(), database.password())
            .schemas(SCHEMA)
            .defaultSchema(SCHEMA)
            .createSchemas(false)
            .placeholders(Map.of("schema", SCHEMA))
            .locations("classpath:io/steppe/ledger/schema", "classpath:db/acl")
            .ignoreMigrationPatterns("*:future");
    // Flyway's own search fails in a native executable: Quarkus noted what there is when it was
    // made.
    var found =
        new QuarkusPathLocationScanner(configuration, List.of(configuration.getLocations()));
    return configuration
        .resourceProvider(new QuarkusFlywayResourceProvider(found.scanForResources()))
        .javaMigrationClassProvider(new QuarkusFlywayClassProvider<>(found.scanForClasses()))
        .load();
  }
}
