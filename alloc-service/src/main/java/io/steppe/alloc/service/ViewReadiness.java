package io.steppe.alloc.service;

import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Ledger;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the view is loaded. */
@Readiness
@ApplicationScoped
public class ViewReadiness implements HealthCheck {
  private final Ledger<AllocView> ledger;

  public ViewReadiness(Ledger<AllocView> ledger) {
    this.ledger = ledger;
  }

  @Override
  public HealthCheckResponse call() {
    // The epoch of a log starts at 1; a view that is not loaded has none.
    var snapshot = ledger.snapshot();
    return HealthCheckResponse.named("view")
        .status(snapshot.epoch() > 0)
        .withData("index", snapshot.index())
        .build();
  }
}
