package io.steppe.tls;

/** Files that can't be used; the message says which and why, in one line. */
public final class InvalidCertificates extends Exception {
  private static final long serialVersionUID = 1;

  InvalidCertificates(String message) {
    super(message);
  }
}
