package io.steppe.http.tls;

import io.quarkus.arc.Unremovable;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.steppe.tls.Certificates;
import io.steppe.tls.Tls;
import io.steppe.tls.TlsSettings;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import jakarta.inject.Singleton;

/**
 * Makes the HTTP port speak TLS, and nothing else, with certificates that are taken anew while it
 * runs (docs/adr/0210).
 */
@Singleton
@Unremovable
public class Https implements HttpServerOptionsCustomizer {
  private final TlsSettings settings;
  private final Tls tls;

  Https(TlsSettings settings, Tls tls) {
    this.settings = settings;
    this.tls = tls;
  }

  /** Whether the HTTP ports of gateways and agents speak TLS. */
  public static boolean isServed(Tls tls, TlsSettings settings) {
    return settings.https() && tls.certificates().isPresent();
  }

  @Override
  public void customizeHttpServer(HttpServerOptions options) {
    if (settings.https()) {
      tls.certificates().ifPresent(certificates -> secure(options, certificates));
    }
  }

  private void secure(HttpServerOptions options, Certificates certificates) {
    options
        .setSsl(true)
        .setKeyCertOptions(KeyCertOptions.wrap(certificates.keyManager()))
        .setTrustOptions(TrustOptions.wrap(certificates.trustManager()))
        .setClientAuth(settings.verifyHttpsClient() ? ClientAuth.REQUIRED : ClientAuth.NONE);
  }
}
