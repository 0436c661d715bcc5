package io.steppe.acl.state;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What is kept of a token's secret. Secrets are random UUIDs of 122 bits, so a plain hash tells
 * nothing of them.
 */
public record SecretHash(ByteString sha256) {
  /** Hashes a secret, which then can be forgotten. */
  public static SecretHash of(String secret) {
    try {
      return new SecretHash(
          ByteString.copyFrom(
              MessageDigest.getInstance("SHA-256")
                  .digest(secret.getBytes(StandardCharsets.UTF_8))));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Names a hash, not a secret. */
  @Override
  public String toString() {
    return "SecretHash";
  }
}
