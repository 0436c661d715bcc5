package io.steppe.ledger;

import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a database is, who logs in, and how the connection is protected: {@code sslmode} and {@code
 * sslrootcert} mean what they mean to libpq and JDBC.
 *
 * @param url postgresql://host:port/database?parameters
 * @param user empty where the url names it
 * @param password empty for none, or where the url holds it
 */
public record DatabaseAddress(String url, String user, String password) {
  private static final String MODE = "sslmode";
  private static final String ROOT = "sslrootcert";
  private static final List<String> OF_TLS = List.of(MODE, ROOT, "ssl");

  /**
   * As settings have it: what they say beside the url goes before what it holds, and where neither
   * names a user it is the service's own role.
   *
   * @param url postgresql://[user[:password]@]host:port/database?parameters
   * @param user empty, or an empty text, for none
   * @param password the same
   * @throws IllegalArgumentException for a url that names no host and database
   */
  public static DatabaseAddress of(
      String url, Optional<String> user, Optional<String> password, String role) {
    URI uri = URI.create(url);
    if (uri.getHost() == null || uri.getPath() == null || uri.getPath().length() < 2) {
      throw new IllegalArgumentException(
          "steppe.database.url must be postgresql://host:port/database");
    }
    String[] login = Optional.ofNullable(uri.getUserInfo()).orElse("").split(":", 2);
    return new DatabaseAddress(
        place("", uri, Optional.ofNullable(uri.getRawQuery())),
        said(user).or(() -> said(Optional.of(login[0]))).orElse(role),
        said(password).orElse(login.length > 1 ? login[1] : ""));
  }

  private static Optional<String> said(Optional<String> setting) {
    return setting.filter(text -> !text.isEmpty());
  }

  /** For JDBC. */
  public String jdbcUrl() {
    return "jdbc:" + url;
  }

  /**
   * For the reactive driver, which knows less of such urls.
   *
   * @throws IllegalArgumentException for a mode that is none, or one that lacks what it needs
   */
  public PgConnectOptions options() {
    URI uri = URI.create(url);
    Map<String, String> tls = new HashMap<>();
    List<String> others = new ArrayList<>();
    for (String parameter : Optional.ofNullable(uri.getRawQuery()).orElse("").split("&")) {
      String[] parts = parameter.split("=", 2);
      if (OF_TLS.contains(parts[0])) {
        tls.put(
            parts[0],
            parts.length > 1 ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "true");
      } else if (!parameter.isEmpty()) {
        others.add(parameter);
      }
    }
    String login = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@";
    PgConnectOptions options = PgConnectOptions.fromUri(place(login, uri, query(others)));
    if (!user.isEmpty()) {
      options.setUser(user);
    }
    if (!password.isEmpty()) {
      options.setPassword(password);
    }
    return protectedBy(options, mode(tls), Optional.ofNullable(tls.get(ROOT)));
  }

  private static SslMode mode(Map<String, String> tls) {
    String otherwise = "true".equals(tls.get("ssl")) ? "verify-full" : "disable";
    String mode = tls.getOrDefault(MODE, otherwise);
    try {
      return SslMode.of(mode);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("sslmode " + mode + " is not known", e);
    }
  }

  private static PgConnectOptions protectedBy(
      PgConnectOptions options, SslMode mode, Optional<String> root) {
    boolean checked = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
    if (checked && root.isEmpty()) {
      throw new IllegalArgumentException(
          "sslmode " + name(mode) + " needs sslrootcert, the file of the authority's certificate");
    }
    options.setSslMode(mode);
    if (checked) {
      options.setPemTrustOptions(new PemTrustOptions().addCertPath(root.get()));
    } else {
      options.setTrustAll(true);
    }
    if (mode == SslMode.VERIFY_FULL) {
      options.setHostnameVerificationAlgorithm("HTTPS");
    }
    return options;
  }

  private static String name(SslMode mode) {
    return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Optional<String> query(List<String> parameters) {
    return parameters.isEmpty() ? Optional.empty() : Optional.of(String.join("&", parameters));
  }

  private static String place(String login, URI uri, Optional<String> query) {
    return "postgresql://"
        + login
        + uri.getHost()
        + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
        + uri.getRawPath()
        + query.map(text -> "?" + text).orElse("");
  }

  /** Without the password. */
  @Override
  public String toString() {
    return user + "@" + url;
  }
}
