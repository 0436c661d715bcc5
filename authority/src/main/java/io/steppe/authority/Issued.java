package io.steppe.authority;

/**
 * A certificate and its key, as PEM.
 *
 * @param certificate X.509
 * @param key private, PKCS #8
 */
public record Issued(String certificate, String key) {
  @Override
  public String toString() {
    return "Issued[" + certificate.length() + " characters]";
  }
}
