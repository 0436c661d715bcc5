package io.steppe.gateway.acl.method;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.steppe.gateway.acl.SealSettings;
import io.steppe.gateway.acl.token.Secrets;
import io.steppe.ledger.seal.CannotOpenException;
import io.steppe.ledger.seal.SealKeys;
import io.steppe.ledger.seal.Sealed;
import io.steppe.rpc.v1.MethodSecrets;
import io.steppe.rpc.v1.StoredAuthMethod;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Seals what is secret of auth methods. */
@ApplicationScoped
public class Seal {
  private static final int KEY_BYTES = 32;

  private final SealKeys keys;
  private final Secrets secrets;

  Seal(SealSettings settings, Secrets secrets) {
    keys = SealKeys.of(settings.keys().orElse(List.of()));
    this.secrets = secrets;
  }

  /** A client's secret, with a new key for its logins; none where there is no key to seal with. */
  Optional<Sealed> seal(String method, String clientSecret) {
    if (!keys.canSeal()) {
      return Optional.empty();
    }
    MethodSecrets opened =
        MethodSecrets.newBuilder()
            .setClientSecret(clientSecret)
            .setLoginKey(ByteString.copyFrom(secrets.bytes(KEY_BYTES)))
            .build();
    return Optional.of(keys.seal(opened.toByteString(), place(method)));
  }

  /**
   * What is secret of a method.
   *
   * @throws CannotOpenException where its key is not here
   */
  public MethodSecrets open(StoredAuthMethod stored) {
    try {
      return MethodSecrets.parseFrom(
          keys.open(
              new Sealed(stored.getSealKeyId(), stored.getSealed()),
              place(stored.getMethod().getName())));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("what was sealed is no message", e);
    }
  }

  private static String place(String method) {
    return "acl-auth-method/" + method;
  }
}
