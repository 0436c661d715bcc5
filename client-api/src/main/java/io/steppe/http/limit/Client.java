package io.steppe.http.limit;

import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** Who a request is counted for. */
final class Client {
  private static final String BEARER = "bearer ";
  private static final int NETWORK_BYTES = 8;

  private Client() {}

  /**
   * An address as it is counted: of IPv6 the network of 64 bits, for whoever has one address has
   * all of them.
   */
  static String address(String host) {
    if (host == null || host.indexOf(':') < 0) {
      return String.valueOf(host);
    }
    try {
      byte[] bytes = InetAddress.ofLiteral(host).getAddress();
      return bytes.length > 2 * NETWORK_BYTES - 1
          ? HexFormat.of().formatHex(Arrays.copyOf(bytes, NETWORK_BYTES))
          : host;
    } catch (IllegalArgumentException e) {
      return host;
    }
  }

  /** What stands for a request's token, if it has one; not the secret itself. */
  static Optional<String> token(HttpServerRequest request) {
    String secret = request.getHeader("X-Nomad-Token");
    String authorization = request.getHeader("Authorization");
    if ((secret == null || secret.isEmpty())
        && authorization != null
        && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      secret = authorization.substring(BEARER.length());
    }
    return secret == null || secret.isBlank()
        ? Optional.empty()
        : Optional.of(digest(secret.strip()));
  }

  private static String digest(String secret) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
