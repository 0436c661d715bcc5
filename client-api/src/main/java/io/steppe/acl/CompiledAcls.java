package io.steppe.acl;

import io.steppe.rpc.v1.PolicyRules;
import io.steppe.rpc.v1.Rights;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rights as they are told between processes, made into what answers quickly. Those of the same
 * policies are made once; of the last used, so many are kept.
 */
public final class CompiledAcls {
  private static final int KEPT = 1_000;

  private final Map<List<PolicyRules>, Acl> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<PolicyRules>, Acl> eldest) {
          return size() > KEPT;
        }
      };

  /** Whose rights they are. */
  public Identity identity(Rights rights) {
    Instant expires =
        rights.getExpires() == 0 ? Instant.MAX : Instant.ofEpochSecond(0, rights.getExpires());
    return new Identity(rights.getAccessorId(), rights.getName(), acl(rights), expires);
  }

  private Acl acl(Rights rights) {
    if (rights.getManagement()) {
      return Acl.management();
    }
    synchronized (kept) {
      return kept.computeIfAbsent(rights.getPoliciesList(), PolicyAcl::of);
    }
  }
}
