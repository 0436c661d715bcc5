package io.steppe.event.service;

import io.steppe.event.log.LogView;
import io.steppe.event.log.Migrations;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.PostgresReplicas;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the schema is there, the log is followed and the lease holds. */
@Readiness
@ApplicationScoped
class LogReadiness implements HealthCheck {
  private final Migrations migrations;
  private final Ledger<LogView> ledger;
  private final PostgresReplicas replicas;

  LogReadiness(Migrations migrations, Ledger<LogView> ledger, PostgresReplicas replicas) {
    this.migrations = migrations;
    this.ledger = ledger;
    this.replicas = replicas;
  }

  @Override
  public HealthCheckResponse call() {
    boolean follows = ledger.snapshot().epoch() != 0;
    boolean leased = replicas.self().alive();
    return HealthCheckResponse.named("log")
        .status(migrations.done() && follows && leased)
        .withData("schema", migrations.done())
        .withData("follows", follows)
        .withData("lease", leased)
        .build();
  }
}
