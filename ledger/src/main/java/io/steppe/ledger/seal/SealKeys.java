package io.steppe.ledger.seal;

import com.google.protobuf.ByteString;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that secrets are sealed with before they are stored (AES-256-GCM). The first key seals;
 * all of them open, so that a new key can be put in front, what is stored sealed anew, and the old
 * key taken away.
 *
 * <p>A secret is bound to its place: moved to another row it does not open.
 */
public final class SealKeys {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final String ALGORITHM = "AES/GCM/NoPadding";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final Map<String, SecretKey> keys;
  private final Optional<String> current;
  private final SecureRandom random;

  private SealKeys(Map<String, SecretKey> keys, Optional<String> current, SecureRandom random) {
    this.keys = keys;
    this.current = current;
    this.random = random;
  }

  /**
   * Keys as settings have them; none for a replica that can neither seal nor open.
   *
   * @param texts each {@code id:key}, the key 32 bytes in base64; the first seals
   * @throws IllegalArgumentException for what is no key; its message does not hold the text
   */
  public static SealKeys of(List<String> texts) {
    Map<String, SecretKey> keys = new LinkedHashMap<>();
    for (String text : texts) {
      int colon = text.indexOf(':');
      String id = colon < 0 ? "" : text.substring(0, colon);
      if (!ID.matcher(id).matches()) {
        throw new IllegalArgumentException(
            "A key to seal with must be id:key, the id of letters, digits, \".\", \"_\" and \"-\"");
      }
      if (keys.putIfAbsent(id, key(id, text.substring(colon + 1))) != null) {
        throw new IllegalArgumentException("There are two keys to seal with of id " + id);
      }
    }
    return new SealKeys(keys, keys.keySet().stream().findFirst(), new SecureRandom());
  }

  private static SecretKey key(String id, String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (bytes.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "The key to seal with of id " + id + " must be 32 bytes in base64");
    }
    return new SecretKeySpec(bytes, "AES");
  }

  /** Whether there is a key to seal with. */
  public boolean canSeal() {
    return current.isPresent();
  }

  /**
   * Whether a secret is sealed with the key that seals now; one that is not is to be sealed anew.
   */
  public boolean isCurrent(Sealed sealed) {
    return current.filter(sealed.keyId()::equals).isPresent();
  }

  /**
   * Seals a secret.
   *
   * @param place where it is stored, the same when it is opened: {@code sink/audit}
   * @throws IllegalStateException without a key
   */
  public Sealed seal(ByteString secret, String place) {
    String id =
        current.orElseThrow(() -> new IllegalStateException("There is no key to seal with"));
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] text = cipher(Cipher.ENCRYPT_MODE, id, nonce, place).doFinal(secret.toByteArray());
      return new Sealed(id, ByteString.copyFrom(nonce).concat(ByteString.copyFrom(text)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has " + ALGORITHM, e);
    }
  }

  /**
   * Opens what was sealed for a place.
   *
   * @throws CannotOpenException where its key is not here, or it was changed or moved
   */
  public ByteString open(Sealed sealed, String place) {
    if (!keys.containsKey(sealed.keyId())) {
      throw new CannotOpenException(
          "the key " + sealed.keyId() + " that it is sealed with is not here");
    }
    if (sealed.bytes().size() < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
      throw new CannotOpenException("what is sealed is not whole");
    }
    byte[] nonce = sealed.bytes().substring(0, NONCE_BYTES).toByteArray();
    byte[] text = sealed.bytes().substring(NONCE_BYTES).toByteArray();
    try {
      return ByteString.copyFrom(
          cipher(Cipher.DECRYPT_MODE, sealed.keyId(), nonce, place).doFinal(text));
    } catch (GeneralSecurityException e) {
      throw new CannotOpenException(
          "what is sealed was changed, moved, or sealed with another key of id " + sealed.keyId());
    }
  }

  private Cipher cipher(int mode, String id, byte[] nonce, String place)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(mode, keys.get(id), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(ByteString.copyFromUtf8(place).toByteArray());
    return cipher;
  }

  /** Without the keys. */
  @Override
  public String toString() {
    return "SealKeys" + keys.keySet();
  }
}
