package io.steppe.gateway.acl.login;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What has to be true of a token beside its signature.
 *
 * @param issuers one of them has issued it; empty: anybody
 * @param audiences it is meant for one of them; empty: for anybody
 * @param skew by which clocks may differ
 * @param lasts how long a token is good that does not say
 * @param since how long before its end a token is good that does not say from when
 */
record Conditions(
    List<String> issuers, List<String> audiences, Duration skew, Duration lasts, Duration since) {
  private static final Duration DEFAULT_SKEW = Duration.ofSeconds(60);
  private static final Duration DEFAULT_LEEWAY = Duration.ofSeconds(150);

  /**
   * With leeways as an auth method has them, in nanoseconds: 0 for the usual ones, negative for
   * none.
   */
  static Conditions of(
      List<String> issuers, List<String> audiences, long skew, long expiration, long notBefore) {
    return new Conditions(
        issuers,
        audiences,
        leeway(skew, DEFAULT_SKEW),
        leeway(expiration, DEFAULT_LEEWAY),
        leeway(notBefore, DEFAULT_LEEWAY));
  }

  private static Duration leeway(long nanos, Duration usual) {
    return nanos == 0 ? usual : nanos < 0 ? Duration.ZERO : Duration.ofNanos(nanos);
  }

  /**
   * Checks a token whose signature is good.
   *
   * @throws InvalidTokenException for one that is not good now, or not here
   */
  void check(JWTClaimsSet claims, Instant now) throws InvalidTokenException {
    if (!issuers.isEmpty() && !issuers.contains(claims.getIssuer())) {
      throw new InvalidTokenException("invalid issuer (iss) claim");
    }
    if (!audiences.isEmpty() && audiences.stream().noneMatch(claims.getAudience()::contains)) {
      throw new InvalidTokenException("invalid audience (aud) claim");
    }
    Optional<Instant> issued = instant(claims.getIssueTime());
    Optional<Instant> notBefore = instant(claims.getNotBeforeTime());
    Optional<Instant> expires = instant(claims.getExpirationTime());
    Optional<Instant> latest =
        Stream.of(issued, notBefore).flatMap(Optional::stream).max(Instant::compareTo);
    Instant end =
        expires
            .or(() -> latest.map(start -> start.plus(lasts)))
            .orElseThrow(
                () ->
                    new InvalidTokenException(
                        "no issued at (iat), not before (nbf), or expiration time (exp) claims"
                            + " in token"));
    if (now.isAfter(end.plus(skew))) {
      throw new InvalidTokenException("invalid expiration time (exp) claim: token is expired");
    }
    Instant begin = notBefore.or(() -> issued).orElseGet(() -> end.minus(since));
    if (now.isBefore(begin.minus(skew))) {
      throw new InvalidTokenException("invalid not before (nbf) claim: token not yet valid");
    }
    if (issued.isPresent() && now.isBefore(issued.get().minus(skew))) {
      throw new InvalidTokenException("invalid issued at (iat) claim: token issued in the future");
    }
  }

  private static Optional<Instant> instant(Date date) {
    return Optional.ofNullable(date).map(Date::toInstant);
  }
}
