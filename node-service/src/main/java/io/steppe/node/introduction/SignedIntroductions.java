package io.steppe.node.introduction;

import io.grpc.ManagedChannel;
import io.smallrye.mutiny.Uni;
import io.steppe.node.peer.Ask;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.IdentitiesGrpc;
import io.steppe.rpc.v1.ReadIntroductionReply;
import io.steppe.rpc.v1.ReadIntroductionRequest;
import io.steppe.rpc.v1.Register;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Tokens that alloc-service signed. */
public final class SignedIntroductions implements Introductions {
  private static final int DEADLINE_SECONDS = 5;

  private final ManagedChannel allocService;
  private final boolean strict;

  private SignedIntroductions(ManagedChannel allocService, boolean strict) {
    this.allocService = allocService;
    this.strict = strict;
  }

  /** What a mode asks for. */
  public static Introductions of(IntroductionMode mode, ManagedChannel allocService) {
    return switch (mode) {
      case NONE -> Introductions.notAsked();
      case WARN -> new SignedIntroductions(allocService, false);
      case STRICT -> new SignedIntroductions(allocService, true);
    };
  }

  @Override
  public Uni<Introduction> of(Register message, boolean known) {
    if (known || message.getIntroToken().isEmpty()) {
      return Uni.createFrom().item(without("it shows no introduction token"));
    }
    return Ask.<ReadIntroductionReply>of(
            answer ->
                IdentitiesGrpc.newStub(allocService)
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .readIntroduction(
                        ReadIntroductionRequest.newBuilder()
                            .setCaller(Callers.service("node-service"))
                            .setJwt(message.getIntroToken())
                            .build(),
                        answer))
        .<Introduction>map(token -> new Introduction.Asked(strict, Optional.of(token), ""))
        .onFailure(error -> Failure.of(error).kind() == Kind.DENIED)
        .recoverWithItem(
            without("its introduction token is none of this cluster, or is not valid any more"))
        .onFailure()
        .transform(
            error ->
                Failure.unavailable(
                    "its introduction can't be looked at: " + Failure.of(error).getMessage()));
  }

  private Introduction without(String problem) {
    return new Introduction.Asked(strict, Optional.empty(), problem);
  }
}
