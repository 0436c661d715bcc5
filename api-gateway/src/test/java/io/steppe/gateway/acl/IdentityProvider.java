package io.steppe.gateway.acl;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.steppe.http.query.Query;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An OpenID Connect provider, as far as a client of it sees. */
final class IdentityProvider implements AutoCloseable {
  static final String CLIENT = "steppe";
  static final String SECRET = "client secret";

  private final HttpServer server;
  private final Map<String, Query> codes = new ConcurrentHashMap<>();
  private volatile RSAKey key;

  IdentityProvider() throws IOException, JOSEException {
    rotate("one");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/.well-known/openid-configuration",
        exchange ->
            answer(
                exchange,
                200,
                """
                {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token",
                 "jwks_uri":"%1$s/keys","userinfo_endpoint":"%1$s/userinfo"}"""
                    .formatted(url())));
    server.createContext(
        "/keys", exchange -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
    server.createContext("/token", this::token);
    server.createContext(
        "/userinfo", exchange -> answer(exchange, 200, "{\"sub\":\"alice\",\"team\":\"ops\"}"));
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Signs with another key from now on. */
  void rotate(String id) throws JOSEException {
    key = new RSAKeyGenerator(2048).keyID(id).generate();
  }

  /** The public key, as PEM. */
  String pem() throws JOSEException {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.toPublicKey().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  /**
   * Somebody logs in at a URL that they were sent to; gives the code that their browser takes back.
   */
  String login(String url) {
    Query query = Query.parse(URI.create(url).getRawQuery());
    String code = "code-" + codes.size();
    codes.put(code, query);
    return code;
  }

  /** A token of somebody in groups, that lasts from now. */
  String sign(String subject, List<String> groups, Duration lasts) {
    return sign(claims(subject, groups, lasts).build());
  }

  JWTClaimsSet.Builder claims(String subject, List<String> groups, Duration lasts) {
    Instant now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer(url())
        .subject(subject)
        .audience(CLIENT)
        .claim("groups", groups)
        .claim("org", Map.of("unit", "platform"))
        .issueTime(Date.from(now.minusSeconds(1)))
        .expirationTime(Date.from(now.plus(lasts)));
  }

  String sign(JWTClaimsSet claims) {
    try {
      SignedJWT jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
      jwt.sign(new RSASSASigner(key));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private void token(HttpExchange exchange) throws IOException {
    Query form =
        Query.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    Query begun = codes.remove(form.text("code"));
    String login =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((CLIENT + ":client+secret").getBytes(StandardCharsets.UTF_8));
    boolean known = login.equals(exchange.getRequestHeaders().getFirst("Authorization"));
    if (begun == null
        || !known
        || !form.text("redirect_uri").equals(begun.text("redirect_uri"))
        || !challenge(form.text("code_verifier")).equals(begun.text("code_challenge"))) {
      answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
      return;
    }
    String token =
        sign(
            claims("alice", List.of("eng"), Duration.ofMinutes(5))
                .claim("nonce", begun.text("nonce"))
                .build());
    answer(exchange, 200, "{\"id_token\":\"%s\",\"access_token\":\"access\"}".formatted(token));
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
