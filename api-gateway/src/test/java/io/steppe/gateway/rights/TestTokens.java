package io.steppe.gateway.rights;

import io.quarkus.test.junit.QuarkusTestProfile;
import io.steppe.acl.Access;
import io.steppe.acl.Acl;
import io.steppe.acl.Authenticator;
import io.steppe.acl.Identity;
import io.steppe.acl.Right;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Callers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tokens that say themselves what they may do: {@code management}, {@code node:read}, {@code
 * namespace:default:read-job}, {@code pool:default:read} and the like; none is anonymous and may
 * nothing. What is revoked is nobody's.
 */
@Alternative
@ApplicationScoped
public class TestTokens implements Authenticator {
  /** Every capability in namespaces. */
  static final List<String> CAPABILITIES =
      List.of(
          "list-jobs",
          "parse-job",
          "read-job",
          "submit-job",
          "dispatch-job",
          "read-logs",
          "read-fs",
          "alloc-exec",
          "alloc-node-exec",
          "alloc-lifecycle",
          "read-job-scaling",
          "scale-job",
          "sentinel-override");

  private static final Set<String> REVOKED = ConcurrentHashMap.newKeySet();

  /** A gateway that asks for rights. */
  public static final class Profile implements QuarkusTestProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(TestTokens.class);
    }
  }

  /** From now on it is nobody's. */
  public static void revoke(String secret) {
    REVOKED.add(secret);
  }

  @Override
  public Identity authenticate(String secret) {
    if (secret.isEmpty()) {
      return identity(Callers.ANONYMOUS, new Of("none"));
    }
    if (REVOKED.contains(secret) || secret.equals("unknown")) {
      throw Refusal.denied();
    }
    String rule = secret.contains("#") ? secret.substring(0, secret.indexOf('#')) : secret;
    return identity(secret, rule.equals("management") ? Acl.management() : new Of(rule));
  }

  @Override
  public boolean enforced() {
    return true;
  }

  private static Identity identity(String accessor, Acl acl) {
    return new Identity(accessor, accessor, acl, Instant.MAX);
  }

  /** One rule: its kind, perhaps what it is about, and what it lets do. */
  private record Of(String rule) implements Acl {
    @Override
    public boolean isManagement() {
      return false;
    }

    @Override
    public boolean allows(Right right, String subject) {
      return switch (right) {
        case Right.None none -> true;
        case Right.AnyToken any -> !rule.equals("none");
        case Right.Management management -> false;
        case Right.Depends depends -> false;
        case Right.Node(Access access) -> grants("node", access);
        case Right.Agent(Access access) -> grants("agent", access);
        case Right.Operator(Access access) -> grants("operator", access);
        case Right.Quota(Access access) -> grants("quota", access);
        case Right.Plugin(Access access) -> grants("plugin", access);
        case Right.Namespace(Set<String> anyOf) -> has("namespace", subject, anyOf);
        case Right.NodePool(Set<String> anyOf) -> has("pool", subject, anyOf);
        case Right.HostVolume(Set<String> anyOf) -> has("volume", subject, anyOf);
      };
    }

    private boolean grants(String kind, Access access) {
      String[] parts = rule.split(":");
      return parts.length == 2
          && parts[0].equals(kind)
          && Access.valueOf(parts[1].toUpperCase(Locale.ROOT)).compareTo(access) >= 0;
    }

    private boolean has(String kind, String subject, Set<String> anyOf) {
      String[] parts = rule.split(":");
      return parts.length == 3
          && parts[0].equals(kind)
          && (subject.equals("*") || parts[1].equals("*") || parts[1].equals(subject))
          && (anyOf.isEmpty() || anyOf.contains(parts[2]));
    }
  }
}
