package io.steppe.agent.token;

import io.steppe.acl.Acl;
import io.steppe.acl.Authenticator;
import io.steppe.acl.Identity;
import io.steppe.acl.PolicyAcl;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.Rights;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whose tokens are that clients show to an agent's own port: the control plane says, and what it
 * said is kept for a short time, of the tokens seen last.
 */
public final class ResolvedTokens implements Authenticator {
  private static final int MOST = 1024;
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Function<String, ResolveTokenReply> ask;
  private final InstantSource clock;
  private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Nothing is known yet.
   *
   * @param ask asks the control plane; a {@link Failure} DENIED for a token that is none
   */
  public ResolvedTokens(Function<String, ResolveTokenReply> ask, InstantSource clock) {
    this.ask = ask;
    this.clock = clock;
  }

  @Override
  public Identity authenticate(String secret) {
    Instant now = clock.instant();
    return known(secret, now).orElseGet(() -> asked(secret, now));
  }

  @Override
  public Optional<Identity> known(String secret) {
    return known(secret, clock.instant());
  }

  @Override
  public boolean enforced() {
    return true;
  }

  private synchronized Optional<Identity> known(String secret, Instant now) {
    return Optional.ofNullable(known.get(secret))
        .filter(found -> now.isBefore(found.until))
        .map(Known::identity);
  }

  private Identity asked(String secret, Instant now) {
    ResolveTokenReply reply;
    try {
      reply = ask.apply(secret);
    } catch (Failure failure) {
      forget(secret);
      throw failure.kind() == Kind.DENIED ? Refusal.denied() : failure;
    }
    Identity identity = identity(reply.getRights());
    if (!now.isBefore(identity.expires())) {
      forget(secret);
      throw Refusal.denied();
    }
    Duration ttl = Duration.ofNanos(reply.getTtl());
    Instant until = now.plus(ttl.compareTo(LONGEST) < 0 ? ttl : LONGEST);
    keep(
        secret,
        new Known(identity, until.isBefore(identity.expires()) ? until : identity.expires()));
    return identity;
  }

  private static Identity identity(Rights rights) {
    Acl acl = rights.getManagement() ? Acl.management() : PolicyAcl.of(rights.getPoliciesList());
    Instant expires =
        rights.getExpires() == 0 ? Instant.MAX : Instant.EPOCH.plusNanos(rights.getExpires());
    return new Identity(rights.getAccessorId(), rights.getName(), acl, expires);
  }

  private synchronized void keep(String secret, Known found) {
    known.put(secret, found);
    Iterator<String> oldest = known.keySet().iterator();
    while (known.size() > MOST) {
      oldest.next();
      oldest.remove();
    }
  }

  private synchronized void forget(String secret) {
    known.remove(secret);
  }

  private record Known(Identity identity, Instant until) {}
}
