package io.steppe.http;

import io.steppe.tls.Tls;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.time.Duration;

/** How another gateway is reached, whatever is passed on to it. */
final class Onward {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private Onward() {}

  /** A client that shows this gateway's certificate, and trusts its authorities. */
  static <T extends ClientOptionsBase> T client(Tls tls, T options) {
    options.setConnectTimeout((int) CONNECT.toMillis());
    tls.certificates()
        .ifPresent(
            own ->
                options
                    .setKeyCertOptions(KeyCertOptions.wrap(own.keyManager()))
                    .setTrustOptions(TrustOptions.wrap(own.trustManager())));
    return options;
  }

  /**
   * Asks what a request asks for.
   *
   * @param address {@code host:port}, or with {@code http://} or {@code https://} before
   */
  static <T extends RequestOptions> T request(
      HttpServerRequest request, String address, T options) {
    URI base = URI.create(address.contains("://") ? address : "http://" + address);
    boolean tls = "https".equals(base.getScheme());
    options
        .setSsl(tls)
        .setHost(base.getHost())
        .setPort(base.getPort() >= 0 ? base.getPort() : tls ? 443 : 80)
        .setURI(request.uri())
        .setConnectTimeout(CONNECT.toMillis());
    return options;
  }
}
