package io.steppe.gateway.cluster;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** The gateway is ready when every service answers. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
public class Readiness implements HealthCheck {
  private final ServiceProbes probes;

  Readiness(ServiceProbes probes) {
    this.probes = probes;
  }

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder response = HealthCheckResponse.named("services");
    return probes
        .trouble()
        .map(trouble -> response.down().withData("trouble", trouble).build())
        .orElseGet(() -> response.up().build());
  }
}
