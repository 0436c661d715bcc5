package io.steppe.gateway.federation;

import io.steppe.http.Forwarder;
import io.steppe.http.tls.Https;
import io.steppe.tls.Certificates;
import io.steppe.tls.Tls;
import io.steppe.tls.TlsSettings;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Gateways of other regions, as they are met first. */
@ApplicationScoped
public class Neighbours {
  /** Tells which region a gateway serves. */
  public static final String REGION = "X-Steppe-Region";

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HttpClient http;
  private final boolean https;

  Neighbours(Tls tls, TlsSettings settings) {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER);
    tls.certificates().map(Neighbours::context).ifPresent(client::sslContext);
    http = client.build();
    https = Https.isServed(tls, settings);
  }

  private static SSLContext context(Certificates own) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {own.keyManager()}, new TrustManager[] {own.trustManager()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK speaks TLS", e);
    }
  }

  /** A gateway's address with what it speaks: the same as this region's. */
  String dialled(String address) {
    return https ? "https://" + address : address;
  }

  /** A gateway that is none, or did not answer. */
  static final class Unreachable extends Exception {
    private static final long serialVersionUID = 1;

    Unreachable(String why) {
      super(why);
    }
  }

  /** Which region a gateway serves. */
  String regionOf(String address) throws Unreachable {
    HttpResponse<Void> answer = send(request(address, "/v1/regions").GET());
    return answer
        .headers()
        .firstValue(REGION)
        .orElseThrow(() -> new Unreachable("no gateway of another region answers there"));
  }

  /**
   * Makes this region known to another.
   *
   * @param token as the client sent it; null for none
   */
  void tell(String address, String ownAddress, String token) throws Unreachable {
    String query = "?address=" + URLEncoder.encode(ownAddress, StandardCharsets.UTF_8);
    HttpRequest.Builder request =
        request(address, "/v1/agent/join" + query)
            .header(Forwarder.FORWARDED, "1")
            .POST(HttpRequest.BodyPublishers.noBody());
    Optional.ofNullable(token).ifPresent(secret -> request.header("X-Nomad-Token", secret));
    HttpResponse<Void> answer = send(request);
    if (answer.statusCode() != 200) {
      throw new Unreachable("it answers with status " + answer.statusCode());
    }
  }

  private static HttpRequest.Builder request(String address, String path) throws Unreachable {
    try {
      URI base = URI.create(address.contains("://") ? address : "http://" + address);
      if (base.getHost() == null || base.getPath() != null && base.getPath().length() > 1) {
        throw new Unreachable("address must be host:port");
      }
      return HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
    } catch (IllegalArgumentException e) {
      throw new Unreachable("address must be host:port");
    }
  }

  private HttpResponse<Void> send(HttpRequest.Builder request) throws Unreachable {
    HttpRequest built = request.build();
    try {
      return http.send(built, HttpResponse.BodyHandlers.discarding());
    } catch (ConnectException e) {
      throw new Unreachable(
          "dial tcp " + built.uri().getAuthority() + ": connect: connection refused");
    } catch (IOException e) {
      throw new Unreachable("it does not answer as a gateway does");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unreachable("the gateway is stopping");
    }
  }
}
