package io.steppe.alloc.nodewatch;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.fleet.Globs;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.Ids;
import io.steppe.alloc.view.JobKey;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.Job;
import io.steppe.rpc.v1.PlanReply;
import java.time.Instant;
import java.util.LinkedHashSet;
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
      news.forEach((at, nodes) -> nodes.forEach(node -> evaluate(edit, node, at)));
      edit.move(FOLLOWER, news.lastKey());
    }
    return edit.outcome(PlanReply.newBuilder().setIndex(edit.isEmpty() ? 0 : index).build());
  }

  private void evaluate(Edit edit, String nodeId, long nodeIndex) {
    var node = edit.view().fleet().node(nodeId);
    Set<JobKey> jobs = new LinkedHashSet<>(jobsOn(edit.view(), nodeId));
    node.filter(NodeFacts::ready)
        .ifPresent(
            ready ->
                edit.view().jobs().values().stream()
                    .filter(job -> wantsEveryNode(job, ready))
                    .map(JobKey::of)
                    .sorted()
                    .forEach(jobs::add));
    var trigger =
        node.map(NodeFacts::draining).orElse(false)
            ? Evaluations.NODE_DRAIN
            : Evaluations.NODE_UPDATE;
    for (var key : jobs) {
      var evaluation = Evaluations.of(Ids.from(random), key, edit.view().job(key), trigger);
      edit.put(
          evaluation.toBuilder().setNodeId(nodeId).setNodeModifyIndex(nodeIndex).build(),
          Evaluations.UPDATED);
    }
  }

  private static Set<JobKey> jobsOn(AllocView view, String nodeId) {
    var jobs = new java.util.TreeSet<JobKey>();
    view.allocationsOn(nodeId).stream()
        .filter(allocation -> !Statuses.terminal(allocation))
        .map(JobKey::of)
        .forEach(jobs::add);
    return jobs;
  }

  private static boolean wantsEveryNode(Job job, NodeFacts node) {
    boolean system = job.getType().equals("system") || job.getType().equals("sysbatch");
    return system
        && !job.getStop()
        && !job.hasPeriodic()
        && !job.hasParameterizedJob()
        && inPool(job.getNodePool(), node.pool())
        && new Globs(job.getDatacentersList()).matches(node.datacenter());
  }

  private static boolean inPool(String wanted, String pool) {
    return wanted.equals("all") || (wanted.isEmpty() ? "default" : wanted).equals(pool);
  }
}
