package io.steppe.tls;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings of certificates, the same in every process. */
@ConfigMapping(prefix = "steppe.tls")
public interface TlsSettings {
  /**
   * Whether connections between services, and of agents to node-service, need certificates on both
   * sides, and HTTP is HTTPS.
   */
  @WithDefault("false")
  boolean enabled();

  /** Authorities that are trusted, PEM. */
  Optional<Path> ca();

  /** The own certificate, PEM. */
  Optional<Path> cert();

  /** Its key, PEM. */
  Optional<Path> key();

  /** Whether the HTTP port of gateway and agents is HTTPS too. */
  @WithDefault("true")
  boolean https();

  /** Whether clients of HTTPS need a certificate of {@link #ca()}. */
  @WithDefault("false")
  boolean verifyHttpsClient();

  /** Time between two looks at the files. */
  @WithDefault("10s")
  Duration reload();
}
