package io.steppe.node.registration;

import io.steppe.proto.v1.Node;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash of a node's secret: all that is ever kept of it. */
public record NodeSecret(String hash) {

  /** Hashes a secret, which then can be forgotten. */
  public static NodeSecret of(String secret) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return new NodeSecret(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether it is the secret that the node registered with first; takes the same time always. */
  public boolean isOf(Node node) {
    return MessageDigest.isEqual(
        hash.getBytes(StandardCharsets.US_ASCII),
        node.getSecretHash().getBytes(StandardCharsets.US_ASCII));
  }
}
