package io.steppe.gateway.acl.token;

import io.steppe.acl.state.AclView;
import io.steppe.acl.state.SecretHash;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.Problems;
import io.steppe.json.GoDuration;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.ACLRole;
import io.steppe.proto.v1.ACLToken;
import io.steppe.proto.v1.ACLTokenRoleLink;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StoredToken;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A token is made, or changed. Its answer is the token without its secret.
 *
 * @param wanted as the client sent it; its accessor id is empty for a new one
 * @param fresh what a new token is called and known by
 * @param uploaded whether a token that is not there may be made under the ids it names
 * @param lifetime of tokens that expire
 */
record PutToken(ACLToken wanted, Fresh fresh, boolean uploaded, Lifetime lifetime)
    implements Decision<AclView, ACLToken> {
  static final String CLIENT = "client";
  private static final int LONGEST_NAME = 256;

  /** What a token that is made is called, and the hash of its secret. */
  record Fresh(String accessorId, SecretHash secret) {}

  @Override
  public Outcome<ACLToken> decide(AclView view, long index, Instant now) {
    Optional<StoredToken> known = view.token(wanted.getAccessorId());
    if (!wanted.getAccessorId().isEmpty() && known.isEmpty() && !uploaded) {
      throw Failure.invalid("cannot find token " + wanted.getAccessorId());
    }
    ACLToken token =
        known.map(stored -> changed(stored.getToken())).orElseGet(() -> made(index, nanos(now)));
    check(token, known.map(StoredToken::getToken));
    ACLToken stored =
        token.toBuilder()
            .clearSecretId()
            .clearRoles()
            .addAllRoles(roles(view))
            .setModifyIndex(index)
            .build();
    SecretHash secret =
        known.map(one -> new SecretHash(one.getSecretHash())).orElse(fresh.secret());
    if (known.isEmpty() && view.token(secret).isPresent()) {
      throw Failure.invalid("a token with this secret exists already");
    }
    return new Outcome.Commit<>(
        List.of(
            AclChanges.put(
                StoredToken.newBuilder().setToken(stored).setSecretHash(secret.sha256()).build())),
        stored);
  }

  private ACLToken made(long index, long now) {
    long expires =
        wanted.getExpirationTime() != 0 || wanted.getExpirationTtl() == 0
            ? wanted.getExpirationTime()
            : now + wanted.getExpirationTtl();
    return wanted.toBuilder()
        .setAccessorId(fresh.accessorId())
        .setCreateTime(now)
        .setExpirationTime(expires)
        .setCreateIndex(index)
        .build();
  }

  /** When it was made and until when it lasts stays as it is. */
  private ACLToken changed(ACLToken known) {
    return known.toBuilder()
        .setName(wanted.getName())
        .setType(wanted.getType())
        .clearPolicies()
        .addAllPolicies(wanted.getPoliciesList())
        .build();
  }

  private void check(ACLToken token, Optional<ACLToken> known) {
    Problems problems = new Problems("token 0 invalid");
    if (token.getName().length() > LONGEST_NAME) {
      problems.add("token name too long");
    }
    boolean given = wanted.getPoliciesCount() > 0 || wanted.getRolesCount() > 0;
    switch (wanted.getType()) {
      case CLIENT -> {
        if (!given) {
          problems.add("client token missing policies or roles");
        }
      }
      case AclView.MANAGEMENT -> {
        if (given) {
          problems.add("management token cannot be associated with policies or roles");
        }
      }
      default -> problems.add("token type must be client or management");
    }
    known.ifPresentOrElse(
        before -> {
          if (before.getGlobal() != wanted.getGlobal()) {
            problems.add("cannot toggle global mode");
          }
        },
        () -> checkLifetime(token, problems));
    problems.check();
  }

  private void checkLifetime(ACLToken token, Problems problems) {
    if (token.getExpirationTtl() < 0) {
      problems.add(
          "token expiration TTL '%s' should not be negative"
              .formatted(GoDuration.format(token.getExpirationTtl())));
    }
    if (token.getExpirationTime() == 0) {
      return;
    }
    long lasts = token.getExpirationTime() - token.getCreateTime();
    if (lasts < 0) {
      problems.add("expiration time cannot be before create time");
    }
    if (lasts < lifetime.shortest().toNanos()) {
      problems.add(lifetime("less", lifetime.shortest().toNanos(), lasts));
    }
    if (lasts > lifetime.longest().toNanos()) {
      problems.add(lifetime("more", lifetime.longest().toNanos(), lasts));
    }
  }

  private static String lifetime(String than, long limit, long lasts) {
    return "expiration time cannot be %s than %s in the future (was %s)"
        .formatted(than, GoDuration.format(limit), GoDuration.format(lasts));
  }

  private List<ACLTokenRoleLink> roles(AclView view) {
    Map<String, ACLTokenRoleLink> links = new LinkedHashMap<>();
    for (ACLTokenRoleLink link : wanted.getRolesList()) {
      ACLRole role =
          (link.getId().isEmpty() ? view.roleNamed(link.getName()) : view.role(link.getId()))
              .orElseThrow(
                  () ->
                      Failure.invalid(
                          "cannot find role "
                              + (link.getId().isEmpty() ? link.getName() : link.getId())));
      links.put(
          role.getId(),
          ACLTokenRoleLink.newBuilder().setId(role.getId()).setName(role.getName()).build());
    }
    return List.copyOf(links.values());
  }

  static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }
}
