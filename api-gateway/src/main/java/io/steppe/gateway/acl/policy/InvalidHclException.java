package io.steppe.gateway.acl.policy;

/** A text that is no HCL, or says something that has no meaning here. */
final class InvalidHclException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InvalidHclException(String message) {
    super(message, null, false, false);
  }

  static InvalidHclException at(int line, int column, String what) {
    return new InvalidHclException("At %d:%d: %s".formatted(line, column, what));
  }
}
