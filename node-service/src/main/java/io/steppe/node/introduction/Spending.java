package io.steppe.node.introduction;

import com.google.protobuf.UInt64Value;
import io.steppe.ledger.Change;
import io.steppe.ledger.Tables;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ReadIntroductionReply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What an introduction comes to in the commit that registers its node. */
public final class Spending {
  private static final int FORGOTTEN_AT_ONCE = 100;

  private Spending() {}

  /** Why the node may not be registered; empty when it may. */
  public static Optional<Failure> refusal(
      Introduction introduction, NodeView view, Node node, Instant now) {
    return switch (introduction) {
      case Introduction.NotAsked() -> Optional.empty();
      case Introduction.Asked asked ->
          problem(asked, view, node, now)
              .filter(_ -> asked.strict())
              .map(why -> Failure.denied("node is not known and not introduced: " + why));
    };
  }

  /** The token is spent, and those that have ended by themselves are forgotten. */
  public static List<Change> changes(Introduction introduction, NodeView view, Instant now) {
    if (!(introduction instanceof Introduction.Asked asked) || asked.token().isEmpty()) {
      return List.of();
    }
    List<Change> changes = new ArrayList<>();
    ReadIntroductionReply token = asked.token().get();
    changes.add(
        Change.put(
            Tables.INTRODUCTIONS,
            token.getId(),
            UInt64Value.of(token.getExpires()).toByteString()));
    view.introductions().entrySet().stream()
        .filter(spent -> spent.getValue() < nanos(now) && !spent.getKey().equals(token.getId()))
        .limit(FORGOTTEN_AT_ONCE)
        .forEach(spent -> changes.add(Change.delete(Tables.INTRODUCTIONS, spent.getKey())));
    return changes;
  }

  /** What is wrong with what the node shows, if anything. */
  public static Optional<String> problem(
      Introduction.Asked asked, NodeView view, Node node, Instant now) {
    if (asked.token().isEmpty()) {
      return Optional.of(asked.problem());
    }
    ReadIntroductionReply token = asked.token().get();
    if (token.getExpires() < nanos(now)) {
      return Optional.of("its introduction token has ended");
    }
    if (view.introductions().containsKey(token.getId())) {
      return Optional.of("its introduction token was used before");
    }
    if (!token.getNodeName().isEmpty() && !token.getNodeName().equals(node.getName())) {
      return Optional.of("its introduction token is for a node of another name");
    }
    if (!token.getNodePool().equals(node.getNodePool())) {
      return Optional.of("its introduction token is for another node pool");
    }
    return Optional.empty();
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }
}
