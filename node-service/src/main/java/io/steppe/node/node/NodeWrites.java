package io.steppe.node.node;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.steppe.ledger.Ledger;
import io.steppe.node.drain.DrainUpdate;
import io.steppe.node.registration.NodeEdit;
import io.steppe.node.view.NodeView;
import io.steppe.query.Filter;
import io.steppe.query.InvalidFilterException;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.ChangeNodesReply;
import io.steppe.rpc.v1.ChangeNodesRequest;
import io.steppe.rpc.v1.NodeChangedReply;
import io.steppe.rpc.v1.PurgeNodeRequest;
import io.steppe.rpc.v1.SetEligibilityReply;
import io.steppe.rpc.v1.SetEligibilityRequest;
import io.steppe.rpc.v1.UpdateDrainRequest;
import java.util.Locale;

/** What operators change about nodes. */
public final class NodeWrites {
  private final Ledger<NodeView> ledger;
  private final FollowingEvaluations evaluations;

  public NodeWrites(Ledger<NodeView> ledger, FollowingEvaluations evaluations) {
    this.ledger = ledger;
    this.evaluations = evaluations;
  }

  Uni<SetEligibilityReply> setEligibility(SetEligibilityRequest request) {
    return commit(
            request.getCaller(), request.getNodeId(), Eligibility.of(request.getEligibility()))
        .map(done -> SetEligibilityReply.newBuilder().setIndex(done.getIndex()).build());
  }

  /** A drain that begins makes no evaluations by itself: its allocations go one by one. */
  Uni<NodeChangedReply> updateDrain(UpdateDrainRequest request) {
    Uni<NodeChangedReply> changed =
        commit(
            request.getCaller(),
            request.getNodeId(),
            DrainUpdate.of(request, request.getCaller().getAccessorId()));
    return request.hasSpec()
        ? changed
        : changed.chain(done -> withEvaluations(request.getNodeId(), done));
  }

  Uni<NodeChangedReply> purge(PurgeNodeRequest request) {
    return commit(request.getCaller(), request.getNodeId(), new Purge())
        .chain(done -> withEvaluations(request.getNodeId(), done));
  }

  /** Looking through all nodes is done on a worker, not on the event loop. */
  Uni<ChangeNodesReply> changeMany(ChangeNodesRequest request) {
    Caller caller = Callers.required(request.getCaller());
    if (request.getFilter().isBlank()) {
      throw Failure.invalid("missing filter");
    }
    Filter filter = parsed(request.getFilter());
    NodeEdit edit = edit(request);
    return ledger
        .latest()
        .emitOn(Infrastructure.getDefaultWorkerPool())
        .map(now -> ManyNodes.of(now.view(), filter, edit, request.getDryRun()))
        .chain(many -> ledger.commit(caller.getRequestId(), ChangeNodesReply.parser(), many));
  }

  private static Filter parsed(String expression) {
    try {
      return Filter.parse(expression);
    } catch (InvalidFilterException e) {
      throw Failure.invalid("failed to read filter expression: " + e.getMessage());
    }
  }

  private static NodeEdit edit(ChangeNodesRequest request) {
    return switch (request.getChangeCase()) {
      case ELIGIBILITY -> Eligibility.of(request.getEligibility());
      case DRAIN -> DrainUpdate.of(request.getDrain(), request.getCaller().getAccessorId());
      case PURGE -> purge(request.getPurge());
      case CHANGE_NOT_SET -> throw noChange();
    };
  }

  private static NodeEdit purge(boolean asked) {
    if (!asked) {
      throw noChange();
    }
    return new Purge();
  }

  private static Failure noChange() {
    return Failure.invalid("missing change");
  }

  private Uni<NodeChangedReply> commit(Caller sent, String nodeId, NodeEdit edit) {
    Caller caller = Callers.required(sent);
    return ledger.commit(
        caller.getRequestId(), NodeChangedReply.parser(), new OneNode(nodeId, edit));
  }

  private Uni<NodeChangedReply> withEvaluations(String nodeId, NodeChangedReply done) {
    if (done.getIndex() == 0) {
      return Uni.createFrom().item(done);
    }
    return evaluations
        .of(nodeId.toLowerCase(Locale.ROOT), done.getIndex())
        .map(
            made ->
                done.toBuilder()
                    .addAllEvalIds(made.getEvalIdsList())
                    .setEvalCreateIndex(made.getEvalCreateIndex())
                    .build());
  }
}
