package io.steppe.node.main;

import io.steppe.ledger.Ledger;
import io.steppe.ledger.Replicas;
import io.steppe.node.view.NodeView;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Ready once the schema is there, the view is loaded and the lease holds. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
class Readiness implements HealthCheck {
  private final Migrations migrations;
  private final Ledger<NodeView> ledger;
  private final Replicas replicas;

  Readiness(Migrations migrations, Ledger<NodeView> ledger, Replicas replicas) {
    this.migrations = migrations;
    this.ledger = ledger;
    this.replicas = replicas;
  }

  @Override
  public HealthCheckResponse call() {
    boolean loaded = ledger.snapshot().epoch() != 0;
    boolean leased = replicas.self().alive();
    return HealthCheckResponse.named("node-service")
        .status(migrations.done() && loaded && leased)
        .withData("schema", migrations.done())
        .withData("view", loaded)
        .withData("lease", leased)
        .build();
  }
}
