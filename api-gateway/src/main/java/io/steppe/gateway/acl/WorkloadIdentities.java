package io.steppe.gateway.acl;

import io.steppe.acl.Identity;
import io.steppe.http.failure.Refusal;

/** Knows whose a token is that tasks are given: a JWT that the cluster signed. */
public interface WorkloadIdentities {
  /**
   * Which task shows it, and what it may do.
   *
   * @throws Refusal 403 for one that the cluster did not sign, or that has expired
   */
  Identity identify(String jwt);
}
