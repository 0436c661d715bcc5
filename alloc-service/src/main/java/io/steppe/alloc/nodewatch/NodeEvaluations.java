package io.steppe.alloc.nodewatch;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.fleet.Globs;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.Ids;
import io.steppe.alloc.view.JobKey;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** The evaluations that a node calls for: of every job that has or wants something there. */
final class NodeEvaluations {
  private NodeEvaluations() {}

  /**
   * Makes them.
   *
   * @param nodeIndex index of the node's change they are made for
   * @param wantsIt whether system jobs are asked too, for a node as it is
   */
  static List<Evaluation> make(
      Edit edit,
      String nodeId,
      long nodeIndex,
      Predicate<NodeFacts> wantsIt,
      RandomGenerator random) {
    var node = edit.view().fleet().node(nodeId);
    Set<JobKey> jobs = new LinkedHashSet<>(jobsOn(edit.view(), nodeId));
    node.filter(wantsIt).ifPresent(wanted -> jobs.addAll(systemJobs(edit.view(), wanted)));
    var trigger =
        node.map(NodeFacts::draining).orElse(false)
            ? Evaluations.NODE_DRAIN
            : Evaluations.NODE_UPDATE;
    List<Evaluation> made = new ArrayList<>();
    for (var key : jobs) {
      var evaluation =
          Evaluations.of(Ids.from(random), key, edit.view().job(key), trigger).toBuilder()
              .setNodeId(nodeId)
              .setNodeModifyIndex(nodeIndex)
              .build();
      edit.put(evaluation, Evaluations.UPDATED);
      made.add(evaluation);
    }
    return made;
  }

  private static Set<JobKey> jobsOn(AllocView view, String nodeId) {
    var jobs = new TreeSet<JobKey>();
    view.allocationsOn(nodeId).stream()
        .filter(allocation -> !Statuses.terminal(allocation))
        .map(JobKey::of)
        .forEach(jobs::add);
    return jobs;
  }

  private static List<JobKey> systemJobs(AllocView view, NodeFacts node) {
    return view.jobs().values().stream()
        .filter(job -> wantsEveryNode(job, node))
        .map(JobKey::of)
        .sorted()
        .toList();
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
