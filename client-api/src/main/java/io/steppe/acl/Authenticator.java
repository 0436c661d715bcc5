package io.steppe.acl;

import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
import java.util.Optional;

/** Knows whose a token is. May wait: called on virtual threads. */
public interface Authenticator {
  /**
   * Who shows a token.
   *
   * @param secret as the client sent it; empty for none, which is anonymous
   * @throws Refusal 403 for a token that is none or has expired
   * @throws Failure UNAUTHENTICATED, with what is wrong, for what can be no token
   */
  Identity authenticate(String secret);

  /** Who shows a token, where that is known already; nothing otherwise. Does not wait. */
  default Optional<Identity> known(String secret) {
    return Optional.empty();
  }

  /** Whether rights are asked for at all. */
  boolean enforced();

  /** Lets everybody do everything, whatever token is shown. */
  static Authenticator unchecked() {
    return new Authenticator() {
      @Override
      public Identity authenticate(String secret) {
        return Identity.UNCHECKED;
      }

      @Override
      public Optional<Identity> known(String secret) {
        return Optional.of(Identity.UNCHECKED);
      }

      @Override
      public boolean enforced() {
        return false;
      }
    };
  }
}
