package io.steppe.gateway.acl;

import io.steppe.acl.Identity;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.route.Route;

/**
 * Who asks about who may do what.
 *
 * @param secret of the token that was shown; empty for none
 * @param identity what it may do
 */
public record Asker(Request request, String secret, Identity identity) {
  /** Whether it may do everything. */
  public boolean isManagement() {
    return identity.acl().isManagement();
  }

  /**
   * Lets management through, and others where something about them holds.
   *
   * @throws Refusal 403 for those for whom it does not
   */
  public Asker admit(Route route, boolean holds) {
    request.admission().admit(route, who -> holds || who.acl().isManagement());
    return this;
  }
}
