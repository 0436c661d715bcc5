package io.steppe.event.log;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the schema {@code ledger} up to date; several replicas at once wait for each other. */
public final class Migrations {
  private final Flyway flyway;
  private volatile boolean done;

  public Migrations(Flyway flyway) {
    this.flyway = flyway;
  }

  /**
   * One attempt.
   *
   * @throws FlywayException when the database is not there or refuses
   */
  public void migrate() {
    flyway.migrate();
    done = true;
  }

  public boolean done() {
    return done;
  }
}
