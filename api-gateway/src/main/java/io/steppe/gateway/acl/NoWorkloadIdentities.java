package io.steppe.gateway.acl;

import io.quarkus.arc.DefaultBean;
import io.steppe.acl.Identity;
import io.steppe.http.failure.Refusal;
import jakarta.enterprise.context.ApplicationScoped;

/** Where tasks are given no tokens, none is known. */
@DefaultBean
@ApplicationScoped
public class NoWorkloadIdentities implements WorkloadIdentities {
  @Override
  public Identity identify(String jwt) {
    throw new Refusal(403, "Permission denied");
  }
}
