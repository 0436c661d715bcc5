package io.steppe.event.log;

import io.steppe.ledger.OneThread;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.FlywayException;
import org.jboss.logging.Logger;

/**
 * Migrates as soon as the database lets us, then keeps the partitions in shape, on a thread of its
 * own.
 */
public final class Upkeep implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Upkeep.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Migrations migrations;
  private final Partitions partitions;
  private final Partitions.Retention retention;
  private final Duration interval;
  private final OneThread thread = new OneThread("log-upkeep");

  public Upkeep(
      Migrations migrations,
      Partitions partitions,
      Partitions.Retention retention,
      Duration interval) {
    this.migrations = migrations;
    this.partitions = partitions;
    this.retention = retention;
    this.interval = interval;
  }

  public void start() {
    thread.execute(this::migrate);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void migrate() {
    try {
      migrations.migrate();
      thread.scheduleWithFixedDelay(this::round, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    } catch (FlywayException e) {
      LOG.warnf(
          "schema ledger waits for the database: %s",
          e.getMessage().lines().findFirst().orElse("no reason given"));
      thread.schedule(this::migrate, RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void round() {
    try {
      partitions.round(retention);
    } catch (SQLException | RuntimeException e) {
      LOG.warnf(e, "Keeping the log's partitions failed; tried again in %s", interval);
    }
  }
}
