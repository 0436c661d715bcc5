package io.steppe.gateway.acl.binding;

import io.steppe.acl.state.AclView;
import io.steppe.proto.v1.ACLBindingRule;
import io.steppe.proto.v1.ACLRole;
import io.steppe.query.Filter;
import io.steppe.query.InvalidFilterException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the rules of an auth method give somebody.
 *
 * @param management everything
 * @param roles by id
 * @param policies names
 */
public record Bound(boolean management, Map<String, ACLRole> roles, Set<String> policies) {
  /** What a login gives: roles and policies that there are, of rules whose selector holds. */
  public static Bound of(AclView view, String method, Claims claims) {
    boolean management = false;
    Map<String, ACLRole> roles = new TreeMap<>();
    Set<String> policies = new TreeSet<>();
    for (ACLBindingRule rule : view.rules().values()) {
      if (!rule.getAuthMethod().equals(method) || !holds(rule.getSelector(), claims)) {
        continue;
      }
      String name = claims.filled(rule.getBindName(), Map.of()).orElse("");
      switch (rule.getBindType()) {
        case PutRule.MANAGEMENT -> management = true;
        case PutRule.ROLE -> view.roleNamed(name).ifPresent(role -> roles.put(role.getId(), role));
        default -> {
          if (view.policy(name).isPresent()) {
            policies.add(name);
          }
        }
      }
    }
    return new Bound(management, roles, policies);
  }

  /** Whether it is nothing. */
  public boolean isNothing() {
    return !management && roles.isEmpty() && policies.isEmpty();
  }

  /** One that asks for what is not said holds for nobody. */
  private static boolean holds(String selector, Claims claims) {
    try {
      return selector.isEmpty() || Filter.parse(selector).matches(claims.selected());
    } catch (InvalidFilterException e) {
      return false;
    }
  }
}
