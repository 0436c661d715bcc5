package io.steppe.alloc.nodewatch;

import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.rpc.v1.PlanReply;
import java.time.Instant;
import java.util.Set;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * The evaluations that follow from changes of nodes, and the position that says they are made: both
 * in one commit, so each change is answered once whoever follows the log.
 *
 * @param changed ids of nodes by the index of their change
 */
record NodeChanges(SortedMap<Long, Set<String>> changed, RandomGenerator random)
    implements Decision<AllocView, PlanReply> {
  /** Under this name the position is kept. */
  static final String FOLLOWER = "nodewatch";

  @Override
  public Outcome<PlanReply> decide(AllocView view, long index, Instant now) {
    var edit = new Edit(view, index, now);
    var news = changed.tailMap(view.position(FOLLOWER) + 1);
    if (!news.isEmpty()) {
      news.forEach(
          (at, nodes) ->
              nodes.forEach(
                  node -> NodeEvaluations.make(edit, node, at, NodeFacts::ready, random)));
      edit.move(FOLLOWER, news.lastKey());
    }
    return edit.outcome(PlanReply.newBuilder().setIndex(edit.isEmpty() ? 0 : index).build());
  }
}
