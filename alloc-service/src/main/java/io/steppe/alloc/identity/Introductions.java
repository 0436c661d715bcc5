package io.steppe.alloc.identity;

import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.seal.CannotOpenException;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.IntroduceRequest;
import io.steppe.rpc.v1.ReadIntroductionReply;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;

/** Tokens that introduce nodes which are not known yet; claims as Nomad has them. */
public record Introductions(
    Keyring keyring, String region, Optional<String> issuer, Supplier<UUID> ids) {
  static final Duration USUAL = Duration.ofMinutes(5);
  static final Duration LONGEST = Duration.ofMinutes(30);

  private static final String SUBJECT = "node-introduction";
  private static final String NAME = "nomad_node_name";
  private static final String POOL = "nomad_node_pool";

  /**
   * A token.
   *
   * @throws Failure UNAVAILABLE where nothing can be signed
   */
  String introduce(AllocView view, IntroduceRequest wish, Instant now) {
    var key =
        Keyring.active(view).orElseThrow(() -> Failure.unavailable("there is no key to sign with"));
    Duration ttl = wish.getTtl() <= 0 ? USUAL : Duration.ofNanos(wish.getTtl());
    long seconds = Math.clamp(ttl.toSeconds(), 1, LONGEST.toSeconds());
    String pool = wish.getNodePool().isEmpty() ? "default" : wish.getNodePool();
    JwtClaims claims = new JwtClaims();
    issuer.ifPresent(claims::setIssuer);
    claims.setAudience(WorkloadIdentities.CLUSTER);
    NumericDate begin = NumericDate.fromSeconds(now.getEpochSecond());
    claims.setIssuedAt(begin);
    claims.setNotBefore(begin);
    claims.setExpirationTime(NumericDate.fromSeconds(now.getEpochSecond() + seconds));
    claims.setJwtId(ids.get().toString());
    claims.setSubject(String.join(":", SUBJECT, region, pool, wish.getNodeName(), "default"));
    claims.setStringClaim(NAME, wish.getNodeName());
    claims.setStringClaim(POOL, pool);
    try {
      return Jwts.sign(claims, key, keyring);
    } catch (CannotOpenException e) {
      throw Failure.conflict(e.getMessage());
    }
  }

  /**
   * What a token says.
   *
   * @throws Failure DENIED for one that is none
   */
  ReadIntroductionReply read(AllocView view, String jwt, Instant now) {
    JwtClaims claims = Jwts.read(jwt, WorkloadIdentities.CLUSTER, view, now);
    try {
      if (claims.getSubject() == null
          || !claims.getSubject().startsWith(SUBJECT + ":" + region + ":")
          || claims.getJwtId() == null
          || claims.getExpirationTime() == null) {
        throw Failure.denied("Permission denied");
      }
      return ReadIntroductionReply.newBuilder()
          .setId(claims.getJwtId())
          .setNodeName(String.valueOf(claims.getClaimValueAsString(NAME)))
          .setNodePool(String.valueOf(claims.getClaimValueAsString(POOL)))
          .setExpires(TimeUnit.SECONDS.toNanos(claims.getExpirationTime().getValue()))
          .build();
    } catch (MalformedClaimException e) {
      throw Failure.denied("Permission denied");
    }
  }
}
