package io.steppe.gateway.cluster;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** The gateway is ready when every service answers. */
@Readiness
@ApplicationScoped
public class ServicesReady implements HealthCheck {
  private final ServiceProbes probes;

  ServicesReady(ServiceProbes probes) {
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
