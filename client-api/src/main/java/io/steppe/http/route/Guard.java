package io.steppe.http.route;

import io.steppe.acl.Authenticator;
import io.steppe.acl.Identity;
import io.steppe.http.failure.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;

/** Says who callers are and which route they ask for. */
@ApplicationScoped
public class Guard {
  private final Authenticator authenticator;
  private final RouteTable table;

  /** Who knows whose tokens are, and the routes there are. */
  public Guard(Authenticator authenticator, RouteTable table) {
    this.authenticator = authenticator;
    this.table = table;
  }

  /**
   * Whose a token is. May wait.
   *
   * @throws Refusal 403 for a token that is none or has expired
   */
  public Identity identify(String secret) {
    return authenticator.authenticate(secret);
  }

  /** Whose a token is, where that is known already; nothing otherwise. Does not wait. */
  public Optional<Identity> known(String secret) {
    return authenticator.known(secret);
  }

  /** Whether rights are asked for at all. */
  public boolean isEnforced() {
    return authenticator.enforced();
  }

  /** Whether the route that a request is for is one of some. */
  public boolean isFor(Set<Route> routes, Method method, String path) {
    return table.find(method, path).filter(routes::contains).isPresent();
  }
}
