package io.steppe.gateway.acl;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Where rights are asked for, the gateway is ready when it knows them. */
@Readiness
@ApplicationScoped
public class AclReady implements HealthCheck {
  private final AclState state;

  AclReady(AclState state) {
    this.state = state;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("acl").status(state.isReady()).build();
  }
}
