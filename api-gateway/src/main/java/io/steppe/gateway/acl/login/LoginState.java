package io.steppe.gateway.acl.login;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A login that is under way at a provider. It is kept by nobody: what the provider hands back is
 * signed with the auth method's own key, so that any replica knows it again.
 *
 * @param random that makes it one of a kind
 * @param until when it may be completed, in seconds since 1970
 */
record LoginState(ByteString random, long until) {
  static final int RANDOM_BYTES = 16;
  private static final Duration LASTS = Duration.ofMinutes(10);
  private static final int BODY_BYTES = RANDOM_BYTES + Long.BYTES;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  /** One that begins now. */
  static LoginState begun(byte[] random, Instant now) {
    return new LoginState(ByteString.copyFrom(random), now.plus(LASTS).getEpochSecond());
  }

  /**
   * The one that a text stands for.
   *
   * @throws InvalidTokenException for what was not made here for this client and this place, or
   *     long ago
   */
  static LoginState of(String text, ByteString key, String nonce, String redirectUri, Instant now)
      throws InvalidTokenException {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (bytes.length <= BODY_BYTES) {
      throw new InvalidTokenException("invalid state");
    }
    ByteBuffer body = ByteBuffer.wrap(bytes);
    byte[] random = new byte[RANDOM_BYTES];
    body.get(random);
    LoginState state = new LoginState(ByteString.copyFrom(random), body.getLong());
    boolean ours =
        MessageDigest.isEqual(
            text.getBytes(StandardCharsets.UTF_8),
            state.text(key, nonce, redirectUri).getBytes(StandardCharsets.UTF_8));
    if (!ours || state.until < now.getEpochSecond()) {
      throw new InvalidTokenException("invalid state");
    }
    return state;
  }

  /** What the provider is to hand back. */
  String text(ByteString key, String nonce, String redirectUri) {
    byte[] mac = mac(key, "state", nonce, redirectUri);
    byte[] all = Arrays.copyOf(body(), BODY_BYTES + mac.length);
    System.arraycopy(mac, 0, all, BODY_BYTES, mac.length);
    return ENCODER.encodeToString(all);
  }

  /** Shown when the code is exchanged: who has only seen the code can't use it. */
  String verifier(ByteString key, String nonce) {
    return ENCODER.encodeToString(mac(key, "verifier", nonce));
  }

  /** The hash of the verifier, shown when the login begins. */
  String challenge(ByteString key, String nonce) {
    try {
      return ENCODER.encodeToString(
          MessageDigest.getInstance("SHA-256")
              .digest(verifier(key, nonce).getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private byte[] body() {
    return ByteBuffer.allocate(BODY_BYTES).put(random.toByteArray()).putLong(until).array();
  }

  private byte[] mac(ByteString key, String... about) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.toByteArray(), "HmacSHA256"));
      mac.update(body());
      for (String part : about) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        mac.update(bytes);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC", e);
    }
  }
}
