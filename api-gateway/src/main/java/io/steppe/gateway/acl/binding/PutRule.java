package io.steppe.gateway.acl.binding;

import io.steppe.acl.state.AclView;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.Problems;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.ACLBindingRule;
import io.steppe.query.Filter;
import io.steppe.query.InvalidFilterException;
import io.steppe.rpc.Failure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A rule of what logins give is made, or changed: what is not given stays as it is.
 *
 * @param wanted as the client sent it; without an id it is a new one
 * @param freshId of a new one
 */
record PutRule(ACLBindingRule wanted, String freshId) implements Decision<AclView, ACLBindingRule> {
  static final String ROLE = "role";
  static final String POLICY = "policy";
  static final String MANAGEMENT = "management";

  private static final int LONGEST_DESCRIPTION = 256;

  @Override
  public Outcome<ACLBindingRule> decide(AclView view, long index, Instant now) {
    Optional<ACLBindingRule> known = view.rule(wanted.getId());
    if (!wanted.getId().isEmpty() && known.isEmpty()) {
      throw Failure.invalid("cannot find binding rule " + wanted.getId());
    }
    long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    ACLBindingRule rule =
        known.map(this::merged).orElse(wanted).toBuilder()
            .setId(known.map(ACLBindingRule::getId).orElse(freshId))
            .setCreateIndex(known.map(ACLBindingRule::getCreateIndex).orElse(index))
            .setCreateTime(known.map(ACLBindingRule::getCreateTime).orElse(nanos))
            .setModifyIndex(index)
            .setModifyTime(nanos)
            .build();
    check(rule);
    if (view.method(rule.getAuthMethod()).isEmpty()) {
      throw Failure.invalid("ACL auth method " + rule.getAuthMethod() + " not found");
    }
    return new Outcome.Commit<>(List.of(AclChanges.put(rule)), rule);
  }

  private ACLBindingRule merged(ACLBindingRule known) {
    ACLBindingRule.Builder merged = known.toBuilder();
    if (!wanted.getDescription().isEmpty()) {
      merged.setDescription(wanted.getDescription());
    }
    if (!wanted.getAuthMethod().isEmpty()) {
      merged.setAuthMethod(wanted.getAuthMethod());
    }
    if (!wanted.getSelector().isEmpty()) {
      merged.setSelector(wanted.getSelector());
    }
    if (!wanted.getBindType().isEmpty()) {
      merged.setBindType(wanted.getBindType());
    }
    if (!wanted.getBindName().isEmpty() || wanted.getBindType().equals(MANAGEMENT)) {
      merged.setBindName(wanted.getBindName());
    }
    return merged.build();
  }

  private static void check(ACLBindingRule rule) {
    Problems problems = new Problems("binding rule 0 invalid");
    if (rule.getAuthMethod().isEmpty()) {
      problems.add("auth method is missing");
    }
    if (rule.getDescription().length() > LONGEST_DESCRIPTION) {
      problems.add("description longer than " + LONGEST_DESCRIPTION);
    }
    switch (rule.getBindType()) {
      case "" -> problems.add("bind type is missing");
      case ROLE, POLICY -> {
        if (rule.getBindName().isEmpty()) {
          problems.add("bind name is missing");
        }
      }
      case MANAGEMENT -> {
        if (!rule.getBindName().isEmpty()) {
          problems.add("bind name should be empty");
        }
      }
      default -> problems.add("unsupported bind type: \"" + rule.getBindType() + "\"");
    }
    if (!rule.getSelector().isEmpty()) {
      try {
        Filter.parse(rule.getSelector());
      } catch (InvalidFilterException e) {
        problems.add("selector is invalid: " + e.getMessage());
      }
    }
    problems.check();
  }
}
