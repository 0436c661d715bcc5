package io.steppe.gateway.answer;

import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.http.route.Route;
import io.steppe.rpc.v1.ReadOptions;
import java.util.Set;

/**
 * A read that the gateway knows how to answer.
 *
 * @param route what is asked
 * @param scope what of it its caller may see
 * @param subject which of them: ids and parameters of the route itself, part of the answer's key
 * @param interests what wakes a blocked request
 * @param fetch asks the service that owns it
 */
public record Read(Route route, Scope scope, String subject, Set<Interest> interests, Fetch fetch) {
  /** Asks the owner, who may say that what is known is unchanged. */
  public interface Fetch {
    /** The owner's answer. */
    Page with(ReadOptions options);
  }

  /** A read of what is in the namespace that the parameters name. */
  public static Read namespaced(
      Route route,
      ReadParameters parameters,
      String subject,
      Set<Interest> interests,
      Fetch fetch) {
    Scope scope = Scope.namespace(parameters.namespace(), route.description().rights().getFirst());
    return new Read(route, scope, subject, interests, fetch);
  }
}
