package io.steppe.node.main;

import io.quarkus.flyway.runtime.QuarkusFlywayClassProvider;
import io.quarkus.flyway.runtime.QuarkusFlywayResourceProvider;
import io.quarkus.flyway.runtime.QuarkusPathLocationScanner;
import io.steppe.ledger.DatabaseAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jboss.logging.Logger;

/**
 * Brings the schema {@code node} up to date, as soon as the database lets us: services start in any
 * order. Several replicas at once wait for each other; migrations of newer replicas are no error.
 */
final class Migrations {
  private static final Logger LOG = Logger.getLogger(Migrations.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final String SCHEMA = "node";

  private final DatabaseAddress database;
  private final ScheduledExecutorService worker;
  private volatile boolean done;

  Migrations(DatabaseAddress database, ScheduledExecutorService worker) {
    this.database = database;
    this.worker = worker;
  }

  boolean done() {
    return done;
  }

  /** Tries until it works. */
  void start() {
    worker.execute(this::attempt);
  }

  private void attempt() {
    try {
      flyway().migrate();
      done = true;
    } catch (FlywayException e) {
      retry(e.getMessage().lines().findFirst().orElse(""));
    } catch (RuntimeException e) {
      LOG.errorf(e, "bringing schema %s up to date failed", SCHEMA);
      retry(e.toString());
    }
  }

  private void retry(String why) {
    LOG.warnf("schema %s waits for the database: %s", SCHEMA, why);
    worker.schedule(this::attempt, RETRY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Flyway flyway() {
    FluentConfiguration configuration =
        Flyway.configure(Thread.currentThread().getContextClassLoader())
            .dataSource(database.jdbcUrl(), database.user(), database.password())
            .schemas(SCHEMA)
            .defaultSchema(SCHEMA)
            .createSchemas(false)
            .placeholders(Map.of("schema", SCHEMA))
            .locations("classpath:io/steppe/ledger/schema", "classpath:db/node")
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
