package io.steppe.gateway.acl.login;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.PublicKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whose signature a JWT has. */
final class Signatures {
  private static final Set<String> ASYMMETRIC =
      Set.of("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512");
  private static final DefaultJWSVerifierFactory VERIFIERS = new DefaultJWSVerifierFactory();

  private Signatures() {}

  /**
   * Reads a token that is signed, with an algorithm that is let.
   *
   * @param algorithms empty for all that sign with a key of their own
   * @throws InvalidTokenException for what is none
   */
  static SignedJWT read(String token, List<String> algorithms) throws InvalidTokenException {
    SignedJWT jwt;
    try {
      jwt = SignedJWT.parse(token);
    } catch (ParseException e) {
      throw new InvalidTokenException("malformed jwt");
    }
    String algorithm = jwt.getHeader().getAlgorithm().getName();
    boolean let = algorithms.isEmpty() || algorithms.contains(algorithm);
    if (!let || !ASYMMETRIC.contains(algorithm)) {
      throw new InvalidTokenException("token signed with unexpected algorithm");
    }
    return jwt;
  }

  /** What a token says, where one of the keys has signed it. */
  static Optional<JWTClaimsSet> verified(SignedJWT jwt, JWKSet keys) throws InvalidTokenException {
    List<JWK> candidates = new JWKSelector(JWKMatcher.forJWSHeader(jwt.getHeader())).select(keys);
    List<PublicKey> known = new ArrayList<>();
    for (JWK candidate : candidates) {
      if (candidate instanceof AsymmetricJWK asymmetric) {
        try {
          known.add(asymmetric.toPublicKey());
        } catch (JOSEException e) {
          throw new InvalidTokenException("a key of the provider can't be read");
        }
      }
    }
    return verified(jwt, known);
  }

  /** What a token says, where one of the keys has signed it. */
  static Optional<JWTClaimsSet> verified(SignedJWT jwt, List<PublicKey> keys)
      throws InvalidTokenException {
    try {
      for (PublicKey key : keys) {
        if (fits(jwt.getHeader().getAlgorithm(), key)
            && jwt.verify(VERIFIERS.createJWSVerifier(jwt.getHeader(), key))) {
          return Optional.of(jwt.getJWTClaimsSet());
        }
      }
      return Optional.empty();
    } catch (JOSEException | ParseException e) {
      throw new InvalidTokenException("malformed jwt");
    }
  }

  private static boolean fits(JWSAlgorithm algorithm, PublicKey key) {
    boolean curve = algorithm.getName().startsWith("ES");
    return key.getAlgorithm().equals(curve ? "EC" : "RSA");
  }
}
