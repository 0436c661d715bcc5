package io.steppe.alloc.nodewatch;

import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.Evaluation;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.NodeEvaluationsReply;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Evaluates, because somebody asked for it, every job with an allocation on a node and every system
 * job that may run there.
 */
public record EvaluateNode(String nodeId, RandomGenerator random)
    implements Decision<AllocView, NodeEvaluationsReply> {

  @Override
  public Outcome<NodeEvaluationsReply> decide(AllocView view, long index, Instant now) {
    var node = view.node(nodeId);
    if (node.isEmpty()) {
      return new Outcome.Refused<>(Failure.notFound("node not found"));
    }
    long nodeIndex = node.get().getModifyIndex();
    var edit = new Edit(view, index, now);
    var made = NodeEvaluations.make(edit, nodeId, nodeIndex, any -> true, random);
    return edit.outcome(
        NodeEvaluationsReply.newBuilder()
            .addAllEvalIds(made.stream().map(Evaluation::getId).toList())
            .setEvalCreateIndex(made.isEmpty() ? 0 : index)
            .setNodeModifyIndex(nodeIndex)
            .setNumNodes(view.nodes().size())
            .setIndex(made.isEmpty() ? index - 1 : index)
            .build());
  }
}
