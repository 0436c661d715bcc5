package io.steppe.gateway.acl.login;

import io.steppe.gateway.acl.method.Seal;
import io.steppe.gateway.acl.token.Secrets;
import io.steppe.proto.v1.ACLAuthMethodConfig;
import io.steppe.proto.v1.ACLOIDCAuthURLRequest;
import io.steppe.proto.v1.ACLOIDCCompleteAuthRequest;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.MethodSecrets;
import io.steppe.rpc.v1.StoredAuthMethod;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Logins at OpenID Connect providers: where they begin, and what they come to. */
@ApplicationScoped
public class Oidc {
  private final Providers providers;
  private final TokenVerifier verifier;
  private final Seal seal;
  private final Secrets secrets;
  private final InstantSource clock;

  Oidc(
      Providers providers,
      TokenVerifier verifier,
      Seal seal,
      Secrets secrets,
      InstantSource clock) {
    this.providers = providers;
    this.verifier = verifier;
    this.seal = seal;
    this.secrets = secrets;
    this.clock = clock;
  }

  /**
   * Where somebody logs in.
   *
   * @throws Failure UNAVAILABLE when the provider does not describe itself
   */
  String begin(StoredAuthMethod method, ACLOIDCAuthURLRequest request) {
    ACLAuthMethodConfig config = method.getMethod().getConfig();
    Provider provider = provider(config);
    MethodSecrets opened = seal.open(method);
    LoginState state = LoginState.begun(secrets.bytes(LoginState.RANDOM_BYTES), clock.instant());
    Map<String, String> query = new LinkedHashMap<>();
    query.put("client_id", config.getOidcClientId());
    query.put("nonce", request.getClientNonce());
    query.put("redirect_uri", request.getRedirectUri());
    query.put("response_type", "code");
    query.put("scope", scope(config));
    query.put(
        "state",
        state.text(opened.getLoginKey(), request.getClientNonce(), request.getRedirectUri()));
    if (config.getOidcEnablePkce()) {
      query.put("code_challenge", state.challenge(opened.getLoginKey(), request.getClientNonce()));
      query.put("code_challenge_method", "S256");
    }
    String url = provider.authorization();
    return url + (url.contains("?") ? "&" : "?") + form(query);
  }

  /**
   * What is said of somebody who has logged in.
   *
   * @throws InvalidTokenException for a login that was not begun here, and for tokens that are not
   *     good
   * @throws Failure UNAVAILABLE when the provider does not answer
   */
  Map<String, Object> complete(StoredAuthMethod method, ACLOIDCCompleteAuthRequest request)
      throws InvalidTokenException {
    ACLAuthMethodConfig config = method.getMethod().getConfig();
    MethodSecrets opened = seal.open(method);
    LoginState state =
        LoginState.of(
            request.getState(),
            opened.getLoginKey(),
            request.getClientNonce(),
            request.getRedirectUri(),
            clock.instant());
    Provider provider = provider(config);
    if (!request.getIss().isEmpty() && !request.getIss().equals(provider.issuer())) {
      throw new InvalidTokenException("invalid issuer of the authorization response");
    }
    Map<String, Object> tokens = exchange(config, provider, opened, state, request);
    Map<String, Object> claims =
        new HashMap<>(
            verifier.claims(config, provider, text(tokens, "id_token"), request.getClientNonce()));
    if (!config.getOidcDisableUserInfo() && !provider.userInfo().isEmpty()) {
      more(config, provider, text(tokens, "access_token"), claims);
    }
    return claims;
  }

  private Provider provider(ACLAuthMethodConfig config) {
    return providers.at(config.getOidcDiscoveryUrl(), config.getDiscoveryCaPemList());
  }

  private static Map<String, Object> exchange(
      ACLAuthMethodConfig config,
      Provider provider,
      MethodSecrets opened,
      LoginState state,
      ACLOIDCCompleteAuthRequest request) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", request.getCode());
    form.put("redirect_uri", request.getRedirectUri());
    form.put("client_id", config.getOidcClientId());
    if (config.getOidcEnablePkce()) {
      form.put("code_verifier", state.verifier(opened.getLoginKey(), request.getClientNonce()));
    }
    return Fetched.post(
        provider.token(), form(form), basic(config, opened), config.getDiscoveryCaPemList());
  }

  private static String basic(ACLAuthMethodConfig config, MethodSecrets opened) {
    if (opened.getClientSecret().isEmpty()) {
      return "";
    }
    String login = encoded(config.getOidcClientId()) + ":" + encoded(opened.getClientSecret());
    return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
  }

  private static void more(
      ACLAuthMethodConfig config, Provider provider, String accessToken, Map<String, Object> claims)
      throws InvalidTokenException {
    Map<String, Object> info =
        Fetched.get(provider.userInfo(), accessToken, config.getDiscoveryCaPemList());
    if (!text(info, "sub").equals(claims.get("sub"))) {
      throw new InvalidTokenException("user info is of another subject");
    }
    info.forEach(claims::putIfAbsent);
  }

  private static String scope(ACLAuthMethodConfig config) {
    Set<String> scopes = new LinkedHashSet<>(List.of("openid"));
    scopes.addAll(config.getOidcScopesList());
    return String.join(" ", scopes);
  }

  private static String form(Map<String, String> values) {
    return values.entrySet().stream()
        .map(value -> encoded(value.getKey()) + "=" + encoded(value.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String text(Map<String, Object> document, String name) {
    return document.get(name) instanceof String text ? text : "";
  }
}
