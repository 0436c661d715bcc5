package io.steppe.agent.boot;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.steppe.agent.docker.DockerSettings;
import io.steppe.agent.driver.DriverSettings;
import io.steppe.agent.driver.ExecSettings;
import io.steppe.agent.fingerprint.DynamicPorts;
import io.steppe.agent.fingerprint.HttpAddress;
import io.steppe.agent.fingerprint.NodeSettings;
import io.steppe.agent.gc.GcSettings;
import io.steppe.agent.session.Introduction;
import io.steppe.agent.session.SessionSettings;
import io.steppe.rpc.Failure;
import io.steppe.tls.Tls;
import io.steppe.tls.TlsSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The agent as a process: begins and ends with it. */
@ApplicationScoped
public class AgentProcess {
  private static final Logger LOG = Logger.getLogger(AgentProcess.class);
  private static final Duration STOP_TASKS = Duration.ofSeconds(30);

  private final AgentSettings settings;
  private final TlsSettings tlsSettings;
  private final Tls tls;
  private final String version;
  private final String httpHost;
  private final int httpPort;
  private volatile Optional<Agent> agent = Optional.empty();

  AgentProcess(
      AgentSettings settings,
      TlsSettings tlsSettings,
      Tls tls,
      @ConfigProperty(name = "quarkus.application.version") String version,
      @ConfigProperty(name = "quarkus.http.host") String httpHost,
      @ConfigProperty(name = "quarkus.http.port") int httpPort) {
    this.settings = settings;
    this.tlsSettings = tlsSettings;
    this.tls = tls;
    this.httpHost = httpHost;
    this.httpPort = httpPort;
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

  /**
   * The agent.
   *
   * @throws Failure UNAVAILABLE when it does not run yet
   */
  public Agent agent() {
    return agent.orElseThrow(() -> Failure.unavailable("The agent starts"));
  }

  /** Whether the control plane knows it. */
  public boolean isRegistered() {
    return agent.filter(Agent::registered).isPresent();
  }

  private static Map<String, NodeSettings.HostVolume> hostVolumes(AgentSettings.OfAgent own) {
    Map<String, NodeSettings.HostVolume> volumes = new TreeMap<>();
    own.hostVolumes()
        .forEach(
            (name, volume) ->
                volumes.put(name, new NodeSettings.HostVolume(volume.path(), volume.readOnly())));
    return volumes;
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
            own.links(),
            hostVolumes(own),
            own.networkInterface(),
            new DynamicPorts(own.minDynamicPort(), own.maxDynamicPort()),
            own.cpuTotalCompute(),
            own.memoryTotalMb(),
            HttpAddress.of(own.http().enabled(), own.http().advertise(), httpHost, httpPort),
            tlsSettings.enabled() && tlsSettings.https());
    return new Agent.Settings(
        own.dataDir(),
        node,
        settings.region(),
        SessionSettings.of(own.servers(), tls),
        drivers(own),
        docker(own.docker()),
        new GcSettings(
            own.gcInterval(),
            own.gcDiskUsageThreshold(),
            own.gcInodeUsageThreshold(),
            own.gcMaxAllocs(),
            own.gcParallelDestroys()),
        new Introduction(own.introToken(), own.introTokenFile()),
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
}
