package io.steppe.gateway.answer;

import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.failure.Route;
import io.steppe.rpc.v1.ReadOptions;
import java.util.Set;

/**
 * A read that the gateway knows how to answer.
 *
 * @param route what is asked
 * @param subject which of them: ids and parameters of the route itself, part of the answer's key
 * @param interests what wakes a blocked request
 * @param fetch asks the service that owns it
 */
public record Read(Route route, String subject, Set<Interest> interests, Fetch fetch) {
  /** Asks the owner, who may say that what is known is unchanged. */
  public interface Fetch {
    /** The owner's answer. */
    Page with(ReadOptions options);
  }
}
