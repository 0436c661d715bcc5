package io.steppe.gateway.acl.login;

import io.steppe.rpc.Failure;
import java.util.Map;

/**
 * An OpenID Connect provider, as it describes itself.
 *
 * @param issuer what its tokens name
 * @param userInfo where more is said of somebody; empty where nowhere
 */
record Provider(String issuer, String authorization, String token, String keys, String userInfo) {
  private static final String WELL_KNOWN = "/.well-known/openid-configuration";

  /** Where a provider describes itself. */
  static String documentOf(String url) {
    String base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    return base.endsWith(WELL_KNOWN) ? base : base + WELL_KNOWN;
  }

  /**
   * Reads a description.
   *
   * @param url that it was asked for; tokens of another issuer are none of its
   * @throws Failure UNAVAILABLE for one that is not whole
   */
  static Provider of(String url, Map<String, Object> document) {
    Provider provider =
        new Provider(
            text(document, "issuer"),
            text(document, "authorization_endpoint"),
            text(document, "token_endpoint"),
            text(document, "jwks_uri"),
            text(document, "userinfo_endpoint"));
    if (provider.issuer.isEmpty() || provider.keys.isEmpty()) {
      throw Failure.unavailable(url + " describes no provider");
    }
    if (!documentOf(provider.issuer).equals(documentOf(url))) {
      throw Failure.unavailable(
          "oidc: issuer did not match the issuer returned by provider, expected \"%s\" got \"%s\""
              .formatted(url, provider.issuer));
    }
    return provider;
  }

  private static String text(Map<String, Object> document, String name) {
    return document.get(name) instanceof String text ? text : "";
  }
}
