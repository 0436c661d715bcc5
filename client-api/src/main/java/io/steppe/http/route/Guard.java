package io.steppe.http.route;

import io.steppe.acl.Authenticator;
import io.steppe.acl.Identity;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
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
   * @throws Failure UNAUTHENTICATED for what can be no token
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

  /** The route that a request is for. */
  public Optional<Route> find(Method method, String path) {
    return table.find(method, path);
  }

  /** Whether the route that a request is for is one of some. */
  public boolean isFor(Set<Route> routes, Method method, String path) {
    return find(method, path).filter(routes::contains).isPresent();
  }
}
