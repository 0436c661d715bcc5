package io.steppe.alloc.nodewatch;

import io.smallrye.mutiny.Uni;
import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Snapshot;
import io.steppe.proto.v1.Evaluation;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.NodeEvaluationsReply;
import java.time.Duration;
import java.util.Comparator;

/** Tells which evaluations followed from a node's change, once they are made. */
public final class NodeAnswers {
  /** Callers bring a deadline of their own; this bounds what one without it holds. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Ledger<AllocView> ledger;

  public NodeAnswers(Ledger<AllocView> ledger) {
    this.ledger = ledger;
  }

  /**
   * Waits until changes of nodes up to an index are answered. UNAVAILABLE when that takes too long.
   */
  public Uni<NodeEvaluationsReply> of(String nodeId, long nodeIndex) {
    return answered(nodeIndex)
        .map(snapshot -> reply(snapshot, nodeId, nodeIndex))
        .ifNoItem()
        .after(LONGEST)
        .failWith(() -> Failure.unavailable("evaluations of node " + nodeId + " are not made yet"));
  }

  private Uni<Snapshot<AllocView>> answered(long nodeIndex) {
    return Uni.createFrom()
        .<Snapshot<AllocView>>emitter(
            emitter -> {
              var following =
                  ledger.follow(
                      step -> {
                        if (step.after().view().position(NodeChanges.FOLLOWER) >= nodeIndex) {
                          emitter.complete(step.after());
                        }
                      });
              emitter.onTermination(() -> end(following));
            });
  }

  private static void end(AutoCloseable following) {
    try {
      following.close();
    } catch (Exception e) {
      throw new IllegalStateException("following the log can't be ended", e);
    }
  }

  private static NodeEvaluationsReply reply(
      Snapshot<AllocView> snapshot, String nodeId, long nodeIndex) {
    var evaluations =
        snapshot.view().evaluations().values().stream()
            .filter(
                evaluation ->
                    evaluation.getNodeModifyIndex() == nodeIndex
                        && evaluation.getNodeId().equals(nodeId))
            .sorted(
                Comparator.comparingLong(Evaluation::getCreateIndex)
                    .thenComparing(Evaluation::getId))
            .toList();
    return NodeEvaluationsReply.newBuilder()
        .addAllEvalIds(evaluations.stream().map(Evaluation::getId).toList())
        .setEvalCreateIndex(evaluations.isEmpty() ? 0 : evaluations.getLast().getCreateIndex())
        .setNodeModifyIndex(nodeIndex)
        .setIndex(snapshot.index())
        .build();
  }
}
