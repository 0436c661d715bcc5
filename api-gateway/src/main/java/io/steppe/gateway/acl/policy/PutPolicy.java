package io.steppe.gateway.acl.policy;

import io.steppe.acl.state.AclView;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.gateway.acl.Problems;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.ACLPolicy;
import io.steppe.proto.v1.JobACL;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AclChanged;
import io.steppe.rpc.v1.PolicyRules;
import io.steppe.rpc.v1.StoredPolicy;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/** A policy is made, or changed. */
final class PutPolicy implements Decision<AclView, AclChanged> {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-]{1,128}");
  private static final int LONGEST_DESCRIPTION = 256;

  private final ACLPolicy policy;
  private final PolicyRules rules;

  private PutPolicy(ACLPolicy policy, PolicyRules rules) {
    this.policy = policy;
    this.rules = rules;
  }

  /**
   * Reads a policy.
   *
   * @throws Failure INVALID for one that can't be
   */
  static PutPolicy of(ACLPolicy policy) {
    Problems problems = new Problems("policy 0 invalid");
    if (!NAME.matcher(policy.getName()).matches()) {
      problems.add("invalid name '" + policy.getName() + "'");
    }
    PolicyRules rules = PolicyRules.getDefaultInstance();
    try {
      rules = PolicyReader.read(policy.getRules());
    } catch (InvalidHclException e) {
      problems.add("failed to parse rules: " + e.getMessage());
    }
    if (policy.getDescription().length() > LONGEST_DESCRIPTION) {
      problems.add("description longer than " + LONGEST_DESCRIPTION);
    }
    checkJob(policy.getJobAcl(), problems);
    problems.check();
    return new PutPolicy(policy, rules);
  }

  private static void checkJob(JobACL job, Problems problems) {
    if (!job.getJobId().isEmpty() && job.getNamespace().isEmpty()) {
      problems.add("namespace must be set to set job ID");
    }
    if (!job.getGroup().isEmpty() && job.getJobId().isEmpty()) {
      problems.add("job ID must be set to set group");
    }
    if (!job.getTask().isEmpty() && job.getGroup().isEmpty()) {
      problems.add("group must be set to set task");
    }
  }

  @Override
  public Outcome<AclChanged> decide(AclView view, long index, Instant now) {
    long created =
        view.policy(policy.getName())
            .map(known -> known.getPolicy().getCreateIndex())
            .orElse(index);
    StoredPolicy stored =
        StoredPolicy.newBuilder()
            .setPolicy(policy.toBuilder().setCreateIndex(created).setModifyIndex(index))
            .setRules(rules)
            .build();
    return AclWrites.changed(List.of(AclChanges.put(stored)), index);
  }
}
