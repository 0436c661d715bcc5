package io.steppe.gateway.acl.method;

import io.steppe.acl.state.AclView;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.Problems;
import io.steppe.gateway.acl.token.Lifetime;
import io.steppe.json.GoDuration;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.seal.Sealed;
import io.steppe.proto.v1.ACLAuthMethod;
import io.steppe.proto.v1.ACLAuthMethodConfig;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StoredAuthMethod;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A way to log in is made, or changed: what is not given stays as it is. Its answer shows no
 * secret.
 *
 * @param wanted as the client sent it; in place of a secret, {@link #REDACTED}
 * @param secret sealed, where one was given, or the configuration names none
 * @param blank sealed, of a method without a secret; none where there is no key to seal with
 */
record PutMethod(
    ACLAuthMethod wanted, Optional<Sealed> secret, Optional<Sealed> blank, Lifetime lifetime)
    implements Decision<AclView, ACLAuthMethod> {
  static final String REDACTED = "redacted";
  static final String OIDC = "OIDC";
  static final String JWT = "JWT";

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-]{1,128}");
  private static final Set<String> LOCALITIES = Set.of("local", "global");
  private static final String NAME_FORMAT = "${auth_method_type}-${auth_method_name}";

  @Override
  public Outcome<ACLAuthMethod> decide(AclView view, long index, Instant now) {
    Optional<StoredAuthMethod> known = view.method(wanted.getName());
    long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    ACLAuthMethod method =
        known.map(stored -> merged(stored.getMethod())).orElse(wanted).toBuilder()
            .setCreateIndex(known.map(one -> one.getMethod().getCreateIndex()).orElse(index))
            .setCreateTime(known.map(one -> one.getMethod().getCreateTime()).orElse(nanos))
            .setModifyIndex(index)
            .setModifyTime(nanos)
            .build();
    check(method);
    checkDefault(view, method);
    if (method.getTokenNameFormat().isEmpty()) {
      method = method.toBuilder().setTokenNameFormat(NAME_FORMAT).build();
    }
    StoredAuthMethod.Builder stored = StoredAuthMethod.newBuilder().setMethod(method);
    sealed(known)
        .or(() -> blank)
        .ifPresent(seal -> stored.setSealKeyId(seal.keyId()).setSealed(seal.bytes()));
    if (method.getType().equals(OIDC) && stored.getSealed().isEmpty()) {
      throw Failure.invalid(
          "the gateway has no key to seal secrets of auth methods with: set steppe.seal.keys");
    }
    return new Outcome.Commit<>(List.of(AclChanges.put(stored.build())), method);
  }

  private ACLAuthMethod merged(ACLAuthMethod known) {
    ACLAuthMethod.Builder merged = wanted.toBuilder();
    if (wanted.getType().isEmpty()) {
      merged.setType(known.getType());
    }
    if (wanted.getTokenLocality().isEmpty()) {
      merged.setTokenLocality(known.getTokenLocality());
    }
    if (wanted.getTokenNameFormat().isEmpty()) {
      merged.setTokenNameFormat(known.getTokenNameFormat());
    }
    if (wanted.getMaxTokenTtl() == 0) {
      merged.setMaxTokenTtl(known.getMaxTokenTtl());
    }
    if (!wanted.hasConfig()) {
      merged.setConfig(known.getConfig());
    }
    return merged.build();
  }

  /** The secret that was given, or the one there is, where it was not taken away. */
  private Optional<Sealed> sealed(Optional<StoredAuthMethod> known) {
    return secret.or(
        () ->
            known
                .filter(stored -> !stored.getSealed().isEmpty())
                .map(stored -> new Sealed(stored.getSealKeyId(), stored.getSealed())));
  }

  private void check(ACLAuthMethod method) {
    Problems problems = new Problems("auth method 0 invalid");
    if (!NAME.matcher(method.getName()).matches()) {
      problems.add("invalid name '" + method.getName() + "'");
    }
    if (!LOCALITIES.contains(method.getTokenLocality())) {
      problems.add("invalid token locality '" + method.getTokenLocality() + "'");
    }
    if (!method.getType().equals(OIDC) && !method.getType().equals(JWT)) {
      problems.add("invalid token type '" + method.getType() + "'");
    }
    config(method).ifPresent(problem -> problems.add("invalid config: " + problem));
    long ttl = method.getMaxTokenTtl();
    if (ttl < lifetime.shortest().toNanos() || ttl > lifetime.longest().toNanos()) {
      problems.add(
          "invalid MaxTokenTTL value '%s' (should be between %s and %s)"
              .formatted(
                  GoDuration.format(ttl),
                  GoDuration.format(lifetime.shortest().toNanos()),
                  GoDuration.format(lifetime.longest().toNanos())));
    }
    problems.check();
  }

  private static Optional<String> config(ACLAuthMethod method) {
    ACLAuthMethodConfig config = method.getConfig();
    if (!method.hasConfig()) {
      return Optional.of("missing auth method Config");
    }
    if (config.hasOidcClientAssertion()) {
      return Optional.of("OIDCClientAssertion is not supported");
    }
    return switch (method.getType()) {
      case OIDC ->
          config.getOidcDiscoveryUrl().isEmpty()
              ? Optional.of("missing OIDCDiscoveryURL")
              : config.getOidcClientId().isEmpty()
                  ? Optional.of("missing OIDCClientID")
                  : Optional.empty();
      case JWT ->
          config.getOidcDiscoveryUrl().isEmpty()
                  && config.getJwksUrl().isEmpty()
                  && config.getJwtValidationPubKeysCount() == 0
              ? Optional.of(
                  "JWT auth method requires either OIDCDiscoveryURL, or JWKS URL, or"
                      + " JWTValidationPubKeys set")
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static void checkDefault(AclView view, ACLAuthMethod method) {
    if (!method.getDefault()) {
      return;
    }
    view.methods().values().stream()
        .map(StoredAuthMethod::getMethod)
        .filter(other -> other.getDefault() && other.getType().equals(method.getType()))
        .filter(other -> !other.getName().equals(method.getName()))
        .findFirst()
        .ifPresent(
            other -> {
              throw Failure.invalid(
                  "default method for type %s already exists: %s"
                      .formatted(method.getType(), other.getName()));
            });
  }
}
