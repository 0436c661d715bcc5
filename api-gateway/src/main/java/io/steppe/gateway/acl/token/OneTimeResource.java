package io.steppe.gateway.acl.token;

import com.google.protobuf.ByteString;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.acl.state.AclView;
import io.steppe.acl.state.SecretHash;
import io.steppe.gateway.acl.AclRoute;
import io.steppe.gateway.acl.AclState;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.gateway.acl.Asker;
import io.steppe.gateway.acl.Askers;
import io.steppe.gateway.http.Replies;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.ledger.Change;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.ACLToken;
import io.steppe.proto.v1.OneTimeToken;
import io.steppe.proto.v1.OneTimeTokenExchangeRequest;
import io.steppe.proto.v1.OneTimeTokenExchangeResponse;
import io.steppe.proto.v1.OneTimeTokenUpsertResponse;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StoredOneTimeToken;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * {@code /v1/acl/token/onetime}: a token is handed from a command line to a browser, by a secret
 * that works once and soon.
 */
@Path("/v1/acl/token/onetime")
@RunOnVirtualThread
public class OneTimeResource {
  private static final Duration LASTS = Duration.ofMinutes(10);
  private static final int NONCE_BYTES = 12;

  private final Askers askers;
  private final AclWrites writes;
  private final AclState state;
  private final Secrets secrets;

  OneTimeResource(Askers askers, AclWrites writes, AclState state, Secrets secrets) {
    this.askers = askers;
    this.writes = writes;
    this.state = state;
    this.secrets = secrets;
  }

  /** Makes a one-time token of the token that asks; an earlier one of it is void. */
  @PUT
  public Response create(@Context RoutingContext routing) {
    Asker asker = askers.of(routing, AclRoute.ACL_TOKEN_ONE_TIME);
    String accessor = asker.identity().accessorId();
    String secret = secrets.uuid();
    SecretHash hash = SecretHash.of(secret);
    ByteString sealed = OneTimeSeal.seal(asker.secret(), secret, secrets.bytes(NONCE_BYTES));
    StoredOneTimeToken made =
        writes.commit(
            asker.request(),
            AclRoute.ACL_TOKEN_ONE_TIME,
            StoredOneTimeToken.parser(),
            (view, index, now) -> made(accessor, hash, sealed, index, now));
    OneTimeToken shown =
        OneTimeToken.newBuilder()
            .setOneTimeSecretId(secret)
            .setAccessorId(accessor)
            .setExpiresAt(made.getExpires())
            .setCreateIndex(made.getIndex())
            .setModifyIndex(made.getIndex())
            .build();
    return Replies.written(
        asker.request(),
        made.getIndex(),
        OneTimeTokenUpsertResponse.newBuilder()
            .setOneTimeToken(shown)
            .setIndex(made.getIndex())
            .build());
  }

  /** Makes a one-time token of the token that asks. */
  @POST
  public Response createByPost(@Context RoutingContext routing) {
    return create(routing);
  }

  private static Outcome<StoredOneTimeToken> made(
      String accessor, SecretHash hash, ByteString sealed, long index, Instant now) {
    StoredOneTimeToken token =
        StoredOneTimeToken.newBuilder()
            .setAccessorId(accessor)
            .setSecretHash(hash.sha256())
            .setSealed(sealed)
            .setExpires(PutToken.nanos(now.plus(LASTS)))
            .setIndex(index)
            .build();
    return new Outcome.Commit<>(
        List.of(Change.put(Tables.ACL_ONE_TIME_TOKENS, accessor, token.toByteString())), token);
  }

  /** Gives the token for a one-time token, which then is void. */
  @PUT
  @Path("exchange")
  public Response exchange(@Context RoutingContext routing) {
    Request request = askers.open(routing, AclRoute.ACL_TOKEN_EXCHANGE);
    String secret =
        request.body(OneTimeTokenExchangeRequest.getDefaultInstance()).getOneTimeSecretId();
    if (secret.isEmpty()) {
      throw new Refusal(500, "one-time token lookup failed: missing secret");
    }
    SecretHash hash = SecretHash.of(secret);
    StoredOneTimeToken used =
        writes.commit(
            request,
            AclRoute.ACL_TOKEN_EXCHANGE,
            StoredOneTimeToken.parser(),
            (view, index, now) -> used(view, hash, index, now));
    AclView view = state.latest().view();
    ACLToken token =
        view.token(used.getAccessorId())
            .map(stored -> TokenShape.shown(view, stored.getToken()))
            .orElseThrow(() -> new Refusal(403, "Permission denied"));
    return Replies.written(
        request,
        used.getIndex(),
        OneTimeTokenExchangeResponse.newBuilder()
            .setToken(token.toBuilder().setSecretId(OneTimeSeal.open(used.getSealed(), secret)))
            .setIndex(used.getIndex())
            .build());
  }

  /** Gives the token for a one-time token, which then is void. */
  @POST
  @Path("exchange")
  public Response exchangeByPost(@Context RoutingContext routing) {
    return exchange(routing);
  }

  private static Outcome<StoredOneTimeToken> used(
      AclView view, SecretHash hash, long index, Instant now) {
    StoredOneTimeToken token =
        view.oneTimeToken(hash)
            .filter(known -> known.getExpires() > PutToken.nanos(now))
            .orElseThrow(() -> Failure.denied("Permission denied"));
    boolean lasts =
        view.token(token.getAccessorId())
            .filter(stored -> !AclView.isExpired(stored.getToken(), now))
            .isPresent();
    if (!lasts) {
      throw Failure.denied("Permission denied");
    }
    return new Outcome.Commit<>(
        List.of(Change.delete(Tables.ACL_ONE_TIME_TOKENS, token.getAccessorId())),
        token.toBuilder().setIndex(index).build());
  }
}
