package io.steppe.gateway.acl.login;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.steppe.rpc.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Documents of identity providers: JSON objects, each bounded in size and time. */
final class Fetched {
  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final int MOST_BYTES = 1 << 20;

  private Fetched() {}

  /**
   * Reads a document.
   *
   * @param authorities PEM certificates to trust instead of the system's; empty for the system's
   * @throws Failure UNAVAILABLE when the provider does not give it
   */
  static Map<String, Object> get(String url, List<String> authorities) {
    return send(HttpRequest.newBuilder(uri(url)).GET(), authorities);
  }

  /**
   * Reads a document that only a bearer of a token is given.
   *
   * @throws Failure UNAVAILABLE when the provider does not give it
   */
  static Map<String, Object> get(String url, String bearer, List<String> authorities) {
    return send(
        HttpRequest.newBuilder(uri(url)).header("Authorization", "Bearer " + bearer).GET(),
        authorities);
  }

  /**
   * Posts a form.
   *
   * @param authorization header; empty for none
   * @throws Failure UNAVAILABLE when the provider does not answer it well
   */
  static Map<String, Object> post(
      String url, String form, String authorization, List<String> authorities) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(url))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return send(request, authorities);
  }

  private static URI uri(String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw Failure.unavailable("not a URL: " + url);
    }
    throw Failure.unavailable("not a URL of HTTP: " + url);
  }

  private static Map<String, Object> send(HttpRequest.Builder builder, List<String> authorities) {
    HttpRequest request = builder.timeout(WITHIN).header("Accept", "application/json").build();
    try (HttpClient client = client(authorities)) {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        byte[] body = in.readNBytes(MOST_BYTES);
        if (response.statusCode() != 200) {
          throw Failure.unavailable(request.uri() + " answered " + response.statusCode());
        }
        return JSONObjectUtils.parse(new String(body, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw Failure.unavailable(request.uri() + ": " + e);
    } catch (ParseException e) {
      throw Failure.unavailable(request.uri() + " answered what is no JSON object");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.unavailable("the gateway is stopping");
    }
  }

  private static HttpClient client(List<String> authorities) {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .connectTimeout(WITHIN)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (!authorities.isEmpty()) {
      client.sslContext(trusting(authorities));
    }
    return client.build();
  }

  private static SSLContext trusting(List<String> authorities) {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      CertificateFactory certificates = CertificateFactory.getInstance("X.509");
      for (String pem : authorities) {
        for (Certificate one :
            certificates.generateCertificates(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))) {
          trusted.setCertificateEntry("authority-" + trusted.size(), one);
        }
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw Failure.unavailable("the certificates to trust can't be read: " + e.getMessage());
    }
  }
}
