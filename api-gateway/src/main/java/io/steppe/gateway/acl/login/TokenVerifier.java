package io.steppe.gateway.acl.login;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.steppe.proto.v1.ACLAuthMethodConfig;
import io.steppe.rpc.Failure;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks whether tokens of identity providers are good. */
@ApplicationScoped
public class TokenVerifier {
  private final Providers providers;
  private final InstantSource clock;

  TokenVerifier(Providers providers, InstantSource clock) {
    this.providers = providers;
    this.clock = clock;
  }

  /**
   * What a token says that is shown to an auth method of type JWT.
   *
   * @throws InvalidTokenException for one that is not good
   * @throws Failure UNAVAILABLE when its keys are not given
   */
  Map<String, Object> claims(ACLAuthMethodConfig config, String token)
      throws InvalidTokenException {
    SignedJWT jwt = Signatures.read(token, config.getSigningAlgsList());
    List<String> issuers = config.getBoundIssuerList();
    JWTClaimsSet claims;
    if (config.getJwtValidationPubKeysCount() > 0) {
      claims = signed(Signatures.verified(jwt, publicKeys(config)));
    } else if (!config.getJwksUrl().isEmpty()) {
      List<String> authorities =
          config.getJwksCaCert().isEmpty() ? List.of() : List.of(config.getJwksCaCert());
      claims = verified(jwt, config.getJwksUrl(), authorities);
    } else {
      List<String> authorities = config.getDiscoveryCaPemList();
      Provider provider = providers.at(config.getOidcDiscoveryUrl(), authorities);
      claims = verified(jwt, provider.keys(), authorities);
      issuers = issuers.isEmpty() ? List.of(provider.issuer()) : issuers;
    }
    conditions(config, issuers, config.getBoundAudiencesList()).check(claims, clock.instant());
    return claims.getClaims();
  }

  /**
   * What a provider's token says of who logged in there.
   *
   * @param nonce that the login was begun with
   * @throws InvalidTokenException for one that is not good
   * @throws Failure UNAVAILABLE when its keys are not given
   */
  Map<String, Object> claims(
      ACLAuthMethodConfig config, Provider provider, String token, String nonce)
      throws InvalidTokenException {
    List<String> algorithms =
        config.getSigningAlgsCount() == 0 ? List.of("RS256") : config.getSigningAlgsList();
    SignedJWT jwt = Signatures.read(token, algorithms);
    JWTClaimsSet claims = verified(jwt, provider.keys(), config.getDiscoveryCaPemList());
    List<String> client = List.of(config.getOidcClientId());
    conditions(config, List.of(provider.issuer()), client).check(claims, clock.instant());
    if (config.getBoundAudiencesCount() > 0) {
      conditions(config, List.of(), config.getBoundAudiencesList()).check(claims, clock.instant());
    }
    if (!nonce.equals(claims.getClaim("nonce"))) {
      throw new InvalidTokenException("invalid id_token nonce");
    }
    return claims.getClaims();
  }

  private JWTClaimsSet verified(SignedJWT jwt, String url, List<String> authorities)
      throws InvalidTokenException {
    Optional<JWTClaimsSet> claims =
        Signatures.verified(jwt, providers.keys(url, authorities, false));
    return claims.isPresent()
        ? claims.get()
        : signed(Signatures.verified(jwt, providers.keys(url, authorities, true)));
  }

  private static JWTClaimsSet signed(Optional<JWTClaimsSet> claims) throws InvalidTokenException {
    return claims.orElseThrow(
        () -> new InvalidTokenException("no known key successfully validated the token signature"));
  }

  private static List<PublicKey> publicKeys(ACLAuthMethodConfig config)
      throws InvalidTokenException {
    List<PublicKey> keys = new ArrayList<>();
    for (String pem : config.getJwtValidationPubKeysList()) {
      try {
        keys.add(PublicKeys.of(pem));
      } catch (GeneralSecurityException e) {
        throw new InvalidTokenException("a key of JWTValidationPubKeys can't be read");
      }
    }
    return keys;
  }

  private static Conditions conditions(
      ACLAuthMethodConfig config, List<String> issuers, List<String> audiences) {
    return Conditions.of(
        issuers,
        audiences,
        config.getClockSkewLeeway(),
        config.getExpirationLeeway(),
        config.getNotBeforeLeeway());
  }
}
