package io.steppe.gateway.acl.login;

/** A JWT that is not trusted. */
final class InvalidTokenException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidTokenException(String message) {
    super(message, null, false, false);
  }
}
