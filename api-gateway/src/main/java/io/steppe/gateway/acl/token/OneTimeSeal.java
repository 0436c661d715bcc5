package io.steppe.gateway.acl.token;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keeps a token's secret for who shows a one-time token: what is stored opens with the one-time
 * token's own secret only, of which just a hash is stored.
 */
final class OneTimeSeal {
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private OneTimeSeal() {}

  /**
   * Seals a secret.
   *
   * @param oneTimeSecret that opens it
   * @param nonce 12 random bytes
   */
  static ByteString seal(String secret, String oneTimeSecret, byte[] nonce) {
    byte[] sealed =
        run(Cipher.ENCRYPT_MODE, oneTimeSecret, nonce, secret.getBytes(StandardCharsets.UTF_8));
    return ByteString.copyFrom(nonce).concat(ByteString.copyFrom(sealed));
  }

  /** The secret. */
  static String open(ByteString sealed, String oneTimeSecret) {
    byte[] bytes = sealed.toByteArray();
    byte[] plain =
        run(
            Cipher.DECRYPT_MODE,
            oneTimeSecret,
            Arrays.copyOf(bytes, NONCE_BYTES),
            Arrays.copyOfRange(bytes, NONCE_BYTES, bytes.length));
    return new String(plain, StandardCharsets.UTF_8);
  }

  private static byte[] run(int mode, String oneTimeSecret, byte[] nonce, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(
          mode,
          new SecretKeySpec(key(oneTimeSecret), "AES"),
          new GCMParameterSpec(TAG_BITS, nonce));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a sealed secret can't be read", e);
    }
  }

  /** Not the hash that is stored. */
  private static byte[] key(String oneTimeSecret) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256")
        .digest(("one-time token: " + oneTimeSecret).getBytes(StandardCharsets.UTF_8));
  }
}
