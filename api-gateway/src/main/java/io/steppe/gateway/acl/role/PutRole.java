package io.steppe.gateway.acl.role;

import io.steppe.acl.state.AclView;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.Problems;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.ACLRole;
import io.steppe.proto.v1.ACLRolePolicyLink;
import io.steppe.rpc.Failure;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A role is made, or changed.
 *
 * @param wanted as the client sent it; without an id it is a new one
 * @param freshId of a new one
 */
record PutRole(ACLRole wanted, String freshId) implements Decision<AclView, ACLRole> {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-]{1,128}");
  private static final int LONGEST_DESCRIPTION = 256;

  @Override
  public Outcome<ACLRole> decide(AclView view, long index, Instant now) {
    check();
    Optional<ACLRole> known = view.role(wanted.getId());
    if (!wanted.getId().isEmpty() && known.isEmpty()) {
      throw Failure.invalid("cannot find role " + wanted.getId());
    }
    if (view.roleNamed(wanted.getName())
        .filter(named -> !named.getId().equals(wanted.getId()))
        .isPresent()) {
      throw Failure.invalid("role with name " + wanted.getName() + " already exists");
    }
    ACLRole.Builder role =
        wanted.toBuilder()
            .setId(known.map(ACLRole::getId).orElse(freshId))
            .setCreateIndex(known.map(ACLRole::getCreateIndex).orElse(index))
            .setModifyIndex(index)
            .clearPolicies();
    for (String name : policies()) {
      if (view.policy(name).isEmpty()) {
        throw Failure.invalid("cannot find policy " + name);
      }
      role.addPolicies(ACLRolePolicyLink.newBuilder().setName(name));
    }
    return new Outcome.Commit<>(List.of(AclChanges.put(role.build())), role.build());
  }

  private void check() {
    Problems problems = new Problems("role 0 invalid");
    if (!NAME.matcher(wanted.getName()).matches()) {
      problems.add("invalid name '" + wanted.getName() + "'");
    }
    if (wanted.getDescription().length() > LONGEST_DESCRIPTION) {
      problems.add("description longer than " + LONGEST_DESCRIPTION);
    }
    if (wanted.getPoliciesCount() == 0) {
      problems.add("at least one policy should be specified");
    }
    problems.check();
  }

  private Set<String> policies() {
    Set<String> names = new LinkedHashSet<>();
    wanted.getPoliciesList().forEach(link -> names.add(link.getName()));
    return names;
  }
}
