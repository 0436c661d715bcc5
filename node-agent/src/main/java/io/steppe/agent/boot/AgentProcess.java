package io.steppe.agent.boot;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.steppe.agent.docker.DockerSettings;
import io.steppe.agent.driver.DriverSettings;
import io.steppe.agent.driver.ExecSettings;
import io.steppe.agent.fingerprint.NodeSettings;
import io.steppe.agent.gc.GcSettings;
import io.steppe.agent.session.SessionSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/** The agent as a process: begins and ends with it, ready when the node is registered. */
@ApplicationScoped
@Readiness
public class AgentProcess implements HealthCheck {
  private static final Logger LOG = Logger.getLogger(AgentProcess.class);
  private static final Duration STOP_TASKS = Duration.ofSeconds(30);

  private final AgentSettings settings;
  private final String version;
  private volatile Optional<Agent> agent = Optional.empty();

  AgentProcess(
      AgentSettings settings,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.settings = settings;
    this.version = version;
  }

  void start(@Observes StartupEvent event) throws IOException {
    var made = new Agent(core());
    agent = Optional.of(made);
    made.start();
  }

  void stop(@Observes ShutdownEvent event) throws IOException {
    if (agent.isPresent()) {
      agent.get().close();
      LOG.info("the agent ends");
    }
  }

  private Agent.Settings core() {
    AgentSettings.OfAgent own = settings.agent();
    var node =
        new NodeSettings(
            own.name().orElse(""),
            settings.datacenter(),
            own.nodePool(),
            own.nodeClass().orElse(""),
            own.meta(),
            own.networkInterface(),
            own.cpuTotalCompute(),
            own.memoryTotalMb());
    return new Agent.Settings(
        own.dataDir(),
        node,
        settings.region(),
        SessionSettings.of(own.servers()),
        drivers(own),
        docker(own.docker()),
        new GcSettings(
            own.gcInterval(),
            own.gcDiskUsageThreshold(),
            own.gcInodeUsageThreshold(),
            own.gcMaxAllocs(),
            own.gcParallelDestroys()),
        own.stopTasksOnExit() ? STOP_TASKS : Duration.ZERO,
        version);
  }

  private static DriverSettings drivers(AgentSettings.OfAgent own) {
    AgentSettings.OfExec exec = own.exec();
    return new DriverSettings(
        own.cgroupParent(),
        new ExecSettings(
            exec.chroot().isEmpty() ? ExecSettings.defaults().chroot() : exec.chroot(),
            exec.allowedCapabilities().orElse(Set.of()),
            exec.deniedUsers().orElse(Set.of()),
            exec.user(),
            exec.pids(),
            exec.java()));
  }

  private static DockerSettings docker(AgentSettings.OfDocker own) {
    return new DockerSettings(
        own.socket(),
        own.allowPrivileged(),
        own.allowVolumes(),
        own.allowedCapabilities().orElse(Set.of()),
        own.pids());
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("registered")
        .status(agent.filter(Agent::registered).isPresent())
        .build();
  }
}
