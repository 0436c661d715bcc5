package io.steppe.node.token;

import io.smallrye.mutiny.Uni;
import io.steppe.acl.state.AclView;
import io.steppe.acl.state.SecretHash;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Snapshot;
import io.steppe.node.registration.NodeSecret;
import io.steppe.node.view.NodeView;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.NodeProof;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.ResolveTokenRequest;
import io.steppe.rpc.v1.Rights;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells agents what the tokens may do that clients show to them. A secret that this replica does
 * not know is looked for once more at the head; so many looks at once, for what is shown to agents
 * comes from anywhere.
 */
public final class AgentTokens {
  /** How long an agent may go on with what it was told. */
  static final Duration TTL = Duration.ofSeconds(30);

  private static final int MOST_LOOKS = 256;

  private final Ledger<NodeView> ledger;
  private final InstantSource clock;
  private final AtomicInteger looks = new AtomicInteger();

  public AgentTokens(Ledger<NodeView> ledger, InstantSource clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  /**
   * What a token may do.
   *
   * <p>Fails with DENIED for a node that does not prove itself and a token that is none; with
   * UNAVAILABLE when too many are looked for.
   */
  public Uni<ResolveTokenReply> resolve(ResolveTokenRequest request) {
    Snapshot<NodeView> snapshot = ledger.snapshot();
    NodeView view = snapshot.view();
    if (!isProven(view, request.getNode())) {
      return Uni.createFrom().failure(Failure.denied("Permission denied"));
    }
    boolean fresh = snapshot.newestAt().plus(TTL).isAfter(clock.instant());
    return known(view.acl(), request.getSecretId())
        .filter(reply -> fresh)
        .map(reply -> Uni.createFrom().item(reply))
        .orElseGet(() -> looked(request.getSecretId()));
  }

  private Uni<ResolveTokenReply> looked(String secret) {
    if (looks.incrementAndGet() > MOST_LOOKS) {
      looks.decrementAndGet();
      return Uni.createFrom().failure(Failure.unavailable("too many unknown tokens at once"));
    }
    return ledger
        .latest()
        .onTermination()
        .invoke(looks::decrementAndGet)
        .map(Snapshot::view)
        .map(
            view ->
                known(view.acl(), secret).orElseThrow(() -> Failure.denied("Permission denied")));
  }

  private Optional<ResolveTokenReply> known(AclView acl, String secret) {
    Instant now = clock.instant();
    Optional<Rights> rights =
        secret.isEmpty()
            ? Optional.of(acl.anonymousRights())
            : acl.rights(SecretHash.of(secret), now);
    return rights.map(found -> reply(found, now));
  }

  private static ResolveTokenReply reply(Rights rights, Instant now) {
    long left =
        rights.getExpires() == 0
            ? TTL.toNanos()
            : Math.min(TTL.toNanos(), rights.getExpires() - nanos(now));
    return ResolveTokenReply.newBuilder().setRights(rights).setTtl(left).build();
  }

  private static boolean isProven(NodeView view, NodeProof proof) {
    return view.node(proof.getNodeId())
        .filter(node -> NodeSecret.of(proof.getSecretId()).isOf(node))
        .isPresent();
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }
}
