package io.steppe.gateway.acl.token;

import io.steppe.acl.state.SecretHash;
import io.steppe.gateway.acl.AclRoute;
import io.steppe.gateway.acl.AclSettings;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.proto.v1.ACLToken;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/**
 * Tokens are made and changed. A secret is made here and leaves in the answer: what is committed
 * holds its hash.
 */
@ApplicationScoped
public class TokenWrites {
  private static final int UUID_LENGTH = 36;

  private final AclWrites writes;
  private final AclSettings settings;
  private final Secrets secrets;

  TokenWrites(AclWrites writes, AclSettings settings, Secrets secrets) {
    this.writes = writes;
    this.settings = settings;
    this.secrets = secrets;
  }

  /**
   * Makes the first management token.
   *
   * @param secret it is to have; empty for a random one
   * @return with its secret
   */
  public ACLToken bootstrap(Request request, String secret) {
    if (!secret.isEmpty() && !isUuid(secret)) {
      throw Refusal.badRequest("invalid acl token");
    }
    String given = secret.isEmpty() ? secrets.uuid() : secret;
    ACLToken token =
        writes.commit(
            request,
            AclRoute.ACL_BOOTSTRAP,
            ACLToken.parser(),
            new Bootstrap(fresh(secrets.uuid(), given), settings.bootstrapResetIndex()));
    return token.toBuilder().setSecretId(given).build();
  }

  /**
   * Makes a token.
   *
   * @return with its secret
   */
  public ACLToken create(Request request, ACLToken wanted) {
    if (!wanted.getAccessorId().isEmpty()) {
      return put(request, wanted, fresh("", ""), false);
    }
    String secret = secrets.uuid();
    ACLToken token = put(request, wanted, fresh(secrets.uuid(), secret), false);
    return token.toBuilder().setSecretId(secret).build();
  }

  /**
   * Changes a token, or makes one under the ids that it names.
   *
   * @return with its secret where the request had it
   */
  public ACLToken put(Request request, ACLToken wanted) {
    boolean uploaded =
        isUuid(wanted.getSecretId())
            && isUuid(wanted.getAccessorId())
            && wanted.getType().equals(PutToken.CLIENT);
    ACLToken token =
        put(request, wanted, fresh(wanted.getAccessorId(), wanted.getSecretId()), uploaded);
    boolean made = uploaded && token.getCreateIndex() == token.getModifyIndex();
    return made ? token.toBuilder().setSecretId(wanted.getSecretId()).build() : token;
  }

  private ACLToken put(Request request, ACLToken wanted, PutToken.Fresh fresh, boolean uploaded) {
    return writes.commit(
        request,
        AclRoute.ACL_TOKEN_CREATE,
        ACLToken.parser(),
        new PutToken(wanted, fresh, uploaded, Lifetime.of(settings)));
  }

  private static PutToken.Fresh fresh(String accessorId, String secret) {
    return new PutToken.Fresh(accessorId, SecretHash.of(secret));
  }

  private static boolean isUuid(String text) {
    try {
      return text.length() == UUID_LENGTH && !UUID.fromString(text).toString().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
