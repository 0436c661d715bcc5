package io.steppe.http.route;

import io.steppe.acl.Identity;
import io.steppe.acl.Right;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Who makes a request, and what it was let do. */
public final class Admission {
  private final Guard guard;
  private final String secret;
  private final Supplier<Optional<Route>> asked;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Grant> grants = new ArrayList<>();
  private volatile Optional<Identity> identity = Optional.empty();

  /**
   * Nothing is known yet.
   *
   * @param secret as the client sent it; empty for none
   * @param asked the route that the request is for
   */
  public Admission(Guard guard, String secret, Supplier<Optional<Route>> asked) {
    this.guard = guard;
    this.secret = secret;
    this.asked = asked;
  }

  /** The same for another token; nothing is known yet. */
  public Admission shown(String token) {
    return new Admission(guard, token, asked);
  }

  /**
   * Who makes it; found out once.
   *
   * @throws Refusal 403 for a token that is none or has expired; what the route that is asked for
   *     has for what can be none
   */
  public Identity identity() {
    lock.lock();
    try {
      if (identity.isEmpty()) {
        identity = Optional.of(identified());
      }
      return identity.get();
    } finally {
      lock.unlock();
    }
  }

  private Identity identified() {
    try {
      return guard.identify(secret);
    } catch (Failure failure) {
      if (failure.kind() != Kind.UNAUTHENTICATED) {
        throw failure;
      }
      throw asked
          .get()
          .map(route -> route.description().refusal(failure))
          .orElseGet(Refusal::denied);
    }
  }

  /**
   * Whether somebody's token is shown, or none. May wait.
   *
   * @throws Refusal when that can't be told
   */
  public boolean isSomebodys() {
    try {
      guard.identify(secret);
      return true;
    } catch (Failure failure) {
      return isNot(failure.kind() == Kind.UNAUTHENTICATED, failure);
    } catch (Refusal refusal) {
      return isNot(refusal.status() == 403, refusal);
    }
  }

  private static boolean isNot(boolean nobodys, RuntimeException problem) {
    if (!nobodys) {
      throw problem;
    }
    return false;
  }

  /** Who makes it, once that was found out. Does not wait. */
  public Optional<Identity> known() {
    return identity;
  }

  /**
   * Lets it through to a route whose rights the caller has.
   *
   * @param subjects what the route's rights are about, in their order; the last one for all that
   *     follow. None where they are about nothing
   * @throws Refusal 403 for a caller who has not
   */
  public void check(Route route, String... subjects) {
    List<Right> rights = route.description().rights();
    if (!rights.isEmpty() && rights.stream().allMatch(Right.None.class::isInstance)) {
      grant(new Grant(route, who -> true, false));
    } else {
      admit(route, who -> has(who, rights, subjects));
    }
  }

  /**
   * Lets it through to a route whose rights depend on what is asked for.
   *
   * @param may whether somebody has them
   * @throws Refusal 403 for a caller who has not
   */
  public void admit(Route route, Predicate<Identity> may) {
    if (!may.test(identity())) {
      throw Refusal.denied();
    }
    grant(new Grant(route, may, true));
  }

  /**
   * Whether it would be let through again now. May wait.
   *
   * @throws Refusal 403 for a token that is none any more, or has expired
   */
  public boolean stillHolds() {
    List<Grant> asked = granted().stream().filter(Grant::byIdentity).toList();
    if (asked.isEmpty() || !guard.isEnforced()) {
      return true;
    }
    Identity now = identified();
    return asked.stream().allMatch(grant -> grant.may().test(now));
  }

  /** Whether it was let through to the route that it is for. */
  public boolean isFor(Method method, String path) {
    Set<Route> routes = granted().stream().map(Grant::route).collect(Collectors.toSet());
    return !routes.isEmpty() && guard.isFor(routes, method, path);
  }

  private void grant(Grant grant) {
    lock.lock();
    try {
      grants.add(grant);
    } finally {
      lock.unlock();
    }
  }

  private List<Grant> granted() {
    lock.lock();
    try {
      return List.copyOf(grants);
    } finally {
      lock.unlock();
    }
  }

  private static boolean has(Identity who, List<Right> rights, String... subjects) {
    for (int i = 0; i < rights.size(); i++) {
      String subject = subjects.length == 0 ? "" : subjects[Math.min(i, subjects.length - 1)];
      if (!who.may(rights.get(i), subject)) {
        return false;
      }
    }
    return !rights.isEmpty();
  }

  private record Grant(Route route, Predicate<Identity> may, boolean byIdentity) {}
}
