package io.steppe.agent.boot;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the node is registered. */
@ApplicationScoped
@Readiness
public class AgentReadiness implements HealthCheck {
  private final AgentProcess process;

  AgentReadiness(AgentProcess process) {
    this.process = process;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("registered").status(process.isRegistered()).build();
  }
}
