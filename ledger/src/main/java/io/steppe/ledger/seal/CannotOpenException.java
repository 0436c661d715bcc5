package io.steppe.ledger.seal;

/** What is sealed can't be opened here; the message says why and holds nothing secret. */
public final class CannotOpenException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CannotOpenException(String message) {
    super(message);
  }
}
