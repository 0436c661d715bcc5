package io.steppe.alloc.identity;

import com.google.protobuf.ByteString;
import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.seal.CannotOpenException;
import io.steppe.ledger.seal.SealKeys;
import io.steppe.ledger.seal.Sealed;
import io.steppe.proto.v1.RootKeyMeta;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StoredKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The keys that identities are signed with. Their private halves are stored sealed and opened where
 * they are used.
 */
public final class Keyring {
  static final String ACTIVE = "active";
  static final String INACTIVE = "inactive";

  /** As Nomad says of its keys, which seal variables too. */
  private static final String ALGORITHM = "aes256-gcm";

  private static final int BITS = 2048;
  private static final Comparator<StoredKey> BY_ID = Comparator.comparing(Keyring::id);

  private final SealKeys seals;

  public Keyring(SealKeys seals) {
    this.seals = seals;
  }

  /** Whether there is something to seal private keys with. */
  boolean canMake() {
    return seals.canSeal();
  }

  /** A new key, sealed; the times and indexes are the commit's. Takes a while. */
  StoredKey make(String id) {
    if (!canMake()) {
      throw Failure.conflict("no key to seal with is set (steppe.seal.keys)");
    }
    KeyPair pair = pair();
    Sealed sealed = seals.seal(ByteString.copyFrom(pair.getPrivate().getEncoded()), place(id));
    return StoredKey.newBuilder()
        .setMeta(RootKeyMeta.newBuilder().setAlgorithm(ALGORITHM).setKeyId(id).setState(ACTIVE))
        .setPublicKey(ByteString.copyFrom(pair.getPublic().getEncoded()))
        .setSealKeyId(sealed.keyId())
        .setSealedPrivateKey(sealed.bytes())
        .build();
  }

  /** The key that signs. */
  static Optional<StoredKey> active(AllocView view) {
    return view.rootKeys().values().stream()
        .filter(key -> key.getMeta().getState().equals(ACTIVE))
        .min(BY_ID);
  }

  /** All of them, in order of ids. */
  static List<StoredKey> all(AllocView view) {
    return view.rootKeys().values().stream().sorted(BY_ID).toList();
  }

  static String id(StoredKey key) {
    return key.getMeta().getKeyId();
  }

  /**
   * @throws CannotOpenException where the key it is sealed with is not here
   */
  PrivateKey privateKey(StoredKey key) {
    ByteString opened =
        seals.open(new Sealed(key.getSealKeyId(), key.getSealedPrivateKey()), place(id(key)));
    try {
      return KeyFactory.getInstance("RSA")
          .generatePrivate(new PKCS8EncodedKeySpec(opened.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("key " + id(key) + " is damaged", e);
    }
  }

  static PublicKey publicKey(StoredKey key) {
    try {
      return KeyFactory.getInstance("RSA")
          .generatePublic(new X509EncodedKeySpec(key.getPublicKey().toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("key " + id(key) + " is damaged", e);
    }
  }

  private static String place(String id) {
    return "root_key/" + id;
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has RSA", e);
    }
  }
}
