package io.steppe.node.token;

import io.smallrye.mutiny.Uni;
import io.steppe.acl.state.SecretHash;
import io.steppe.acl.state.TokenForm;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Snapshot;
import io.steppe.node.registration.NodeSecret;
import io.steppe.node.view.NodeView;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.IdentifyReply;
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
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Tells agents what the tokens and identities may do that clients show to them. A secret that this
 * replica does not know is looked for once more at the head, an identity is read by alloc-service;
 * so many looks at once, for what is shown to agents comes from anywhere.
 */
public final class AgentTokens {
  /** How long an agent may go on with what it was told of a token. */
  static final Duration TTL = Duration.ofSeconds(30);

  /** The same of a task, whose allocation may end at any time. */
  static final Duration TASK_TTL = Duration.ofSeconds(5);

  private static final int MOST_LOOKS = 256;

  private final Ledger<NodeView> ledger;
  private final Function<String, Uni<IdentifyReply>> identify;
  private final InstantSource clock;
  private final AtomicInteger looks = new AtomicInteger();

  /**
   * Nothing is looked for yet.
   *
   * @param identify which task an identity is of; fails with DENIED for one that is none, or whose
   *     allocation is over
   */
  public AgentTokens(
      Ledger<NodeView> ledger, Function<String, Uni<IdentifyReply>> identify, InstantSource clock) {
    this.ledger = ledger;
    this.identify = identify;
    this.clock = clock;
  }

  /**
   * What a token or a task's identity may do.
   *
   * <p>Fails with DENIED for a node that does not prove itself and a token that is none; with
   * UNAUTHENTICATED for what can't be one; with UNAVAILABLE when too many are looked for.
   */
  public Uni<ResolveTokenReply> resolve(ResolveTokenRequest request) {
    Snapshot<NodeView> snapshot = ledger.snapshot();
    if (!isProven(snapshot.view(), request.getNode())) {
      return refused();
    }
    String secret = request.getSecretId();
    return switch (TokenForm.of(secret)) {
      case NONE -> looked(() -> fresh(snapshot).map(this::anonymous));
      case SECRET -> token(snapshot, SecretHash.of(secret));
      case IDENTITY -> task(secret);
      case MALFORMED ->
          Uni.createFrom().failure(new Failure(Kind.UNAUTHENTICATED, TokenForm.problem(secret)));
    };
  }

  private static Uni<ResolveTokenReply> refused() {
    return Uni.createFrom().failure(Failure.denied("Permission denied"));
  }

  private ResolveTokenReply anonymous(NodeView view) {
    return reply(view.acl().anonymousRights(), TTL);
  }

  private Uni<ResolveTokenReply> token(Snapshot<NodeView> snapshot, SecretHash secret) {
    if (isFresh(snapshot)) {
      Optional<Rights> known = snapshot.view().acl().rights(secret, clock.instant());
      if (known.isPresent()) {
        return Uni.createFrom().item(reply(known.get(), TTL));
      }
    }
    return looked(
        () ->
            ledger
                .latest()
                .map(
                    latest ->
                        latest
                            .view()
                            .acl()
                            .rights(secret, clock.instant())
                            .orElseThrow(() -> Failure.denied("Permission denied")))
                .map(rights -> reply(rights, TTL)));
  }

  private Uni<ResolveTokenReply> task(String identity) {
    return looked(
        () ->
            identify
                .apply(identity)
                .chain(
                    task ->
                        fresh(ledger.snapshot())
                            .map(view -> reply(view.acl().workloadRights(task), TASK_TTL))));
  }

  private Uni<ResolveTokenReply> looked(Supplier<Uni<ResolveTokenReply>> look) {
    if (looks.incrementAndGet() > MOST_LOOKS) {
      looks.decrementAndGet();
      return Uni.createFrom().failure(Failure.unavailable("too many unknown tokens at once"));
    }
    return look.get().onTermination().invoke(looks::decrementAndGet);
  }

  private Uni<NodeView> fresh(Snapshot<NodeView> snapshot) {
    return isFresh(snapshot)
        ? Uni.createFrom().item(snapshot.view())
        : ledger.latest().map(Snapshot::view);
  }

  private boolean isFresh(Snapshot<NodeView> snapshot) {
    return snapshot.newestAt().plus(TTL).isAfter(clock.instant());
  }

  private ResolveTokenReply reply(Rights rights, Duration ttl) {
    long left =
        rights.getExpires() == 0
            ? ttl.toNanos()
            : Math.clamp(rights.getExpires() - nanos(clock.instant()), 0, ttl.toNanos());
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
