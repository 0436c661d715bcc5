package io.steppe.gateway.acl.token;

import io.steppe.acl.state.AclView;
import io.steppe.acl.state.SecretHash;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.ACLToken;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StoredBootstrap;
import io.steppe.rpc.v1.StoredToken;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * The first management token is made: once, and again where an operator names the index of the last
 * time. Its answer is the token without its secret.
 *
 * @param reset the index of the bootstrap that this one may follow
 */
record Bootstrap(PutToken.Fresh fresh, OptionalLong reset) implements Decision<AclView, ACLToken> {
  @Override
  public Outcome<ACLToken> decide(AclView view, long index, Instant now) {
    long before = view.bootstrap().map(StoredBootstrap::getIndex).orElse(0L);
    if (before != 0 && (reset.isEmpty() || reset.getAsLong() != before)) {
      throw Failure.conflict("ACL bootstrap already done (reset index: " + before + ")");
    }
    SecretHash secret = fresh.secret();
    if (view.token(secret).isPresent()) {
      throw Failure.invalid("a token with this secret exists already");
    }
    ACLToken token =
        ACLToken.newBuilder()
            .setAccessorId(fresh.accessorId())
            .setName("Bootstrap Token")
            .setType(AclView.MANAGEMENT)
            .setGlobal(true)
            .setCreateTime(PutToken.nanos(now))
            .setCreateIndex(index)
            .setModifyIndex(index)
            .build();
    return new Outcome.Commit<>(
        List.of(
            Change.put(
                Tables.ACL_BOOTSTRAP,
                AclView.BOOTSTRAP_KEY,
                StoredBootstrap.newBuilder().setIndex(index).build().toByteString()),
            AclChanges.put(
                StoredToken.newBuilder().setToken(token).setSecretHash(secret.sha256()).build())),
        token);
  }
}
