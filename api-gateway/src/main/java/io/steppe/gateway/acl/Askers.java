package io.steppe.gateway.acl;

import io.steppe.acl.Authenticator;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.route.Route;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/** Who asks, before anything of {@code /v1/acl/} is answered. */
@ApplicationScoped
public class Askers {
  private final Authenticator authenticator;

  Askers(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  /**
   * Who asks for a route whose rights depend on what is asked for; {@link Asker#admit} lets it
   * through.
   *
   * @throws Refusal 400 where rights are not asked for; 403 for a token that is none
   */
  public Asker of(RoutingContext routing) {
    Request request = open(routing);
    return new Asker(request, request.secret(), request.identity());
  }

  /**
   * Who asks for a route, if it may.
   *
   * @throws Refusal 400 where rights are not asked for; 403 where they are not enough
   */
  public Asker of(RoutingContext routing, Route route) {
    Asker asker = of(routing);
    asker.request().check(route);
    return asker;
  }

  /**
   * A request that anybody may make.
   *
   * @throws Refusal 400 where rights are not asked for
   */
  public Request open(RoutingContext routing, Route route) {
    Request request = open(routing);
    request.check(route);
    return request;
  }

  private Request open(RoutingContext routing) {
    if (!authenticator.enforced()) {
      throw Refusal.badRequest("ACL support disabled");
    }
    return Request.of(routing);
  }
}
