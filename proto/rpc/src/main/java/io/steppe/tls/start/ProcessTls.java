package io.steppe.tls.start;

import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.steppe.tls.Certificates;
import io.steppe.tls.InvalidCertificates;
import io.steppe.tls.Names;
import io.steppe.tls.Role;
import io.steppe.tls.Tls;
import io.steppe.tls.TlsFiles;
import io.steppe.tls.TlsSettings;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** What the settings of this process make of {@link Tls}, kept up to date. */
@ApplicationScoped
class ProcessTls {
  private static final Logger LOG = Logger.getLogger(ProcessTls.class);
  private static final String AGENT = "node-agent";

  private final TlsSettings settings;
  private final Names names;
  private final Role role;
  private Optional<ScheduledExecutorService> watch = Optional.empty();

  ProcessTls(
      TlsSettings settings,
      @ConfigProperty(name = "steppe.region", defaultValue = "global") String region,
      @ConfigProperty(name = "quarkus.application.name") String process) {
    this.settings = settings;
    this.names = new Names(region);
    this.role = process.equals(AGENT) ? Role.CLIENT : Role.SERVER;
  }

  @Produces
  @Singleton
  @Unremovable
  Tls tls() {
    if (!settings.enabled()) {
      return Tls.off();
    }
    TlsFiles files =
        new TlsFiles(
            file("ca", settings.ca()), file("cert", settings.cert()), file("key", settings.key()));
    try {
      Certificates certificates = Certificates.read(files, names, role);
      LOG.infof(
          "certificates are checked on every connection; the own one ends %s",
          certificates.expiry());
      watch(certificates);
      return certificates;
    } catch (InvalidCertificates e) {
      // Without a cause, so that the process ends with this one line.
      throw new ConfigurationException(e.getMessage());
    }
  }

  private static Path file(String name, Optional<Path> given) {
    return given.orElseThrow(
        () ->
            new ConfigurationException(
                "steppe.tls.%s is missing: with steppe.tls.enabled=true ca, cert and key name files"
                    .formatted(name)));
  }

  private void watch(Certificates certificates) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("certificates").factory());
    long pause = settings.reload().toMillis();
    thread.scheduleWithFixedDelay(() -> look(certificates), pause, pause, TimeUnit.MILLISECONDS);
    watch = Optional.of(thread);
  }

  private static void look(Certificates certificates) {
    try {
      certificates.reload();
    } catch (RuntimeException e) {
      LOG.errorf(e, "looking at the certificates failed; tried again");
    }
  }

  @PreDestroy
  void stop() {
    watch.ifPresent(ScheduledExecutorService::shutdownNow);
  }
}
