package io.steppe.agent.identity;

import java.time.Duration;
import java.time.Instant;

/**
 * An identity, signed.
 *
 * @param jwt as the task gets it
 * @param begins when it was signed
 * @param expires {@link Instant#MAX} for never
 */
public record Token(String jwt, Instant begins, Instant expires) {
  /** When it should be followed by another: after two thirds of its life. */
  Instant renewal() {
    return expires.equals(Instant.MAX)
        ? Instant.MAX
        : begins.plus(Duration.between(begins, expires).multipliedBy(2).dividedBy(3));
  }

  @Override
  public String toString() {
    return "Token[expires=" + expires + "]";
  }
}
