package io.steppe.alloc.identity;

import io.steppe.alloc.view.AllocView;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StoredKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;

/** Signs claims with a key of the keyring, and reads what was signed. */
final class Jwts {
  private static final String RS256 = AlgorithmIdentifiers.RSA_USING_SHA256;
  private static final AlgorithmConstraints ONLY_RS256 =
      new AlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, RS256);
  private static final int LONGEST = 8 << 10;

  private Jwts() {}

  /** The claims, signed. */
  static String sign(JwtClaims claims, StoredKey key, Keyring keyring) {
    JsonWebSignature signature = new JsonWebSignature();
    signature.setPayload(claims.toJson());
    signature.setAlgorithmHeaderValue(RS256);
    signature.setKeyIdHeaderValue(Keyring.id(key));
    signature.setHeader("typ", "JWT");
    signature.setKey(keyring.privateKey(key));
    try {
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("key " + Keyring.id(key) + " does not sign", e);
    }
  }

  /**
   * What a token says, if a key that is known signed it, it is meant for this audience and holds
   * now.
   *
   * @throws Failure DENIED otherwise; the text says nothing of the token
   */
  static JwtClaims read(String jwt, String audience, AllocView view, Instant now) {
    if (jwt.length() > LONGEST) {
      throw refused();
    }
    try {
      JsonWebSignature signature = new JsonWebSignature();
      signature.setAlgorithmConstraints(ONLY_RS256);
      signature.setCompactSerialization(jwt);
      StoredKey key =
          Optional.ofNullable(signature.getKeyIdHeaderValue())
              .map(id -> view.rootKeys().get(id))
              .orElseThrow(Jwts::refused);
      return new JwtConsumerBuilder()
          .setVerificationKey(Keyring.publicKey(key))
          .setJwsAlgorithmConstraints(ONLY_RS256)
          .setExpectedAudience(audience)
          .setEvaluationTime(NumericDate.fromSeconds(now.getEpochSecond()))
          .setAllowedClockSkewInSeconds(5)
          .build()
          .processToClaims(jwt);
    } catch (JoseException | InvalidJwtException e) {
      throw refused();
    }
  }

  private static Failure refused() {
    return Failure.denied("Permission denied");
  }

  /** Public keys as a JSON Web Key Set. */
  static String publicKeys(List<StoredKey> keys) {
    List<JsonWebKey> shown =
        keys.stream()
            .map(
                key -> {
                  JsonWebKey web = new RsaJsonWebKey((RSAPublicKey) Keyring.publicKey(key));
                  web.setUse("sig");
                  web.setKeyId(Keyring.id(key));
                  web.setAlgorithm(RS256);
                  return web;
                })
            .toList();
    return new JsonWebKeySet(shown).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
  }
}
